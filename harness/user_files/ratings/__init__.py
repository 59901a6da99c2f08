"""A column that rates the reply of its record: find it, read its scale, and keep bad replies from being answers."""
