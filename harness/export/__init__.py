"""Trained models out of the harness, as folders that other programs load."""
