"""Steps 3 to 6 of the board: intervals, differences, ranks, and what a baseline beats."""
