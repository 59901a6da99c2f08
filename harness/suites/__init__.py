"""Questions that belong to a suite and not to a domain: how they are made, checked, stored and read."""
