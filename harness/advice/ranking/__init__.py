"""From arms to an order: limits, what cannot be told from the best, effects pooled over domains, larger models."""
