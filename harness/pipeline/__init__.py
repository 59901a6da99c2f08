"""The DVC pipeline as the harness sees it: its stages, what would run next, what they took before."""
