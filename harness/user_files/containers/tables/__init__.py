"""Read tables with a delimiter, and decide what their quotes mean."""
