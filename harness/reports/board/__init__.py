"""From the store to the rows of the board: pooling of seeds, intervals, ranks, sentences."""
