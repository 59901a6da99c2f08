"""One module per view, or per few that belong together: rows made of items, each row of one item's split."""
