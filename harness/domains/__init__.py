"""Turn a source into a domain: items without duplicates, splits, leak checks, and the views that methods read."""
