"""Search with the vectors of encoders."""
