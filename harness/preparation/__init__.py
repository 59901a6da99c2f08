"""Decontaminate a collected domain, make its views and its data card: the verb `prepare`."""
