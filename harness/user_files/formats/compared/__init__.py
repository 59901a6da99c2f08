"""Formats with several replies to one prompt, of which people or models say which are better."""
