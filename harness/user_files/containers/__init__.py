"""File containers (CSV, JSON, JSONL, Parquet, plain text) read into raw records."""
