"""One module per builder: `build(source, options) -> Built`, reading a fetched source as data."""
