"""Records of runs and scores, and the DuckDB database built from them."""
