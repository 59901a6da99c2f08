"""Learning curves: a recipe trained with different numbers of items, with several random draws each."""
