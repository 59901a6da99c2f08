"""What data looks like inside the harness: items, the rows of views, and prepared domains on disk."""
