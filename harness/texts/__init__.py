"""Analyse plain texts: recognise the language, find personal data, find nearly equal texts."""
