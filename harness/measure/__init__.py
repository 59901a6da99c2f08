"""What a run took: time by phase, peak memory, energy, money, and where it came from."""
