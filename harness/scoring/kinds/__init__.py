"""One module per kind of suite, each with one subclass of `SuiteKind`; modules with a leading underscore are shared."""
