"""Experiment trackers that runs are exported to. None is a dependency: each is asked for when it is missing."""
