"""What a training will need in memory, told before it starts and without its weights."""
