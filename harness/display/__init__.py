"""How things are shown to people: figures, texts from outside, tables, consoles. Any room may import it."""
