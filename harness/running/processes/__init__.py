"""One process of a task: its environment, its log, and how it is stopped safely."""
