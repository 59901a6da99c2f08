"""The picture of a domain: score against memory, cost or time."""
