"""Step 7 of the board: the row and its cells; rows sorted, marked as stale, their own budget in words."""
