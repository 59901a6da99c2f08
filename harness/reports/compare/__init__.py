"""Two recipes or runs side by side, and the answers of a run item by item."""
