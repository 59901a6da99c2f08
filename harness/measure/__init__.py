"""Measure what a run takes (time by phase, peak memory, energy, money) and record where its result comes from."""
