"""Questions that belong to a suite and not to a domain. One module per set of questions; all have the same `SET`."""
