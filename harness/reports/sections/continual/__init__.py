"""Sequences of domains: the matrix of scores, its figure and tables."""
