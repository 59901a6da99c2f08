"""What is shown while training: lessons, mixtures of tasks, subsets, pairs."""
