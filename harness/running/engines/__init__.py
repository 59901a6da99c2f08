"""How tasks run: one after another, or several at a time on Ray, each where it fits."""
