"""Learning curves: train and score a recipe with several numbers of training items, and with several draws of each."""
