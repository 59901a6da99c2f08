"""From a source to what methods read: items, splits, leak checks, views and a data card."""
