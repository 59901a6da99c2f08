"""Prepare base models: convert those of fetched sources, or create tiny random ones for smoke tests."""
