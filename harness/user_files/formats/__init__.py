"""One module per record format: how to recognise it, and what of a record becomes text, answer, label and so on."""
