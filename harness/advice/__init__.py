"""Which method for this domain? Advice from measured rows, its back-test, and races that measure what is missing."""
