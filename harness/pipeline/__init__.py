"""The DVC pipeline: the stages generated from the families, what would run next, and what stages took before."""
