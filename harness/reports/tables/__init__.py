"""The tables of a board as plain text, the same for Markdown, the README and the terminal."""
