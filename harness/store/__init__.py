"""The DuckDB store and its Parquet files, built from the records of runs and scores."""
