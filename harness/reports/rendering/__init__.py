"""How the board is drawn: Markdown, README, terminal."""
