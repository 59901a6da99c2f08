"""Does a published run come out the same here? It is repeated and compared with its record, item by item."""
