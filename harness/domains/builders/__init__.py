"""One module per builder: `build(source, options) -> list[Item]`, reading a fetched source as data."""
