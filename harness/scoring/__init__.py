"""Scoring a model on suites. The result of every item is kept, and all metrics are computed from these results."""
