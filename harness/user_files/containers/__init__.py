"""Read file containers (CSV, TSV, JSON, JSONL, Parquet, plain text; gzipped or not) into raw records."""
