"""Reward models, judges and policies: rows, figure, tables."""
