"""Learning curves: points, figure, tables."""
