"""One run from all sides: recipe, data, curve, scores, cost, provenance, and how to repeat it."""
