"""The inspection report of a user's own file: what is in it, and what would spoil training or measurement."""
