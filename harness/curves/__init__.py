"""Learning curves: a recipe trained with fewer and more items, each number drawn several times."""
