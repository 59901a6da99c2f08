"""What can be told from a text alone: its language, personal data in it, texts that nearly repeat it."""
