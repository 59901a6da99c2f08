"""Suites: what a model is scored on. Every item's result is kept; aggregates are computed from those."""
