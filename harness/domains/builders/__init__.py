"""One module per builder. `build(source, options)` turns the files of a fetched source into items."""
