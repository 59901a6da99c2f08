"""From an order to an answer: what would flip it, what would decide it, its words and its settings."""
