"""Loops that learn from preferences and rewards: pairs, reward models, PPO, groups of answers."""
