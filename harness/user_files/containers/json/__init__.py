"""Read JSON and JSONL files."""
