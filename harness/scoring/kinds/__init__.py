"""One module per kind of suite, each with one subclass of `SuiteKind`."""
