"""`harness tune`: train a recipe with every value of its declared grid, and choose one by validation items only."""
