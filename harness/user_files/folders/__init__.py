"""Folders of files as one set of records: which files are read, and what their paths say about label and split."""
