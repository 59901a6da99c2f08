"""Which learning rates were tried."""
