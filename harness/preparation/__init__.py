"""Prepare a collected domain: remove leaked training items, write its views and its data card."""
