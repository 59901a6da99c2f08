"""How things are shown to people: numbers, metrics, texts from outside, tables, consoles. Any room may import it."""
