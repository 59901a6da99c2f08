"""Predict how much memory a training will need, before it starts and without loading weights."""
