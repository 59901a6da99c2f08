"""From the store to the rows of the board: pooled seeds, intervals, ranks, sentences. `board.py` draws the way."""
