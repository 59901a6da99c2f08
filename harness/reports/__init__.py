"""The boards: terminal, Markdown and JSON, all from the Parquet files of the store."""
