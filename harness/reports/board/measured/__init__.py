"""Steps 1 and 2 of the board: the runs of each row, and the score of every item."""
