"""Judges: models that say which of two answers is better."""
