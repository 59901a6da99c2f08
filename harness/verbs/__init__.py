"""One module per verb: `harness VERB` runs `main(argv)` of `harness/verbs/<verb>.py`."""
