"""Record formats: how to recognise one, and which of its columns become text, answer, label and so on."""
