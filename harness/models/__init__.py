"""Loaded models, how text becomes what they read, and what they can do: write text, predict labels, embed texts."""
