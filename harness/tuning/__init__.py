"""`harness tune`: every value of a recipe's declared grid, judged by validation items only."""
