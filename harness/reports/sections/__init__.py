"""The sections below the board: transfer between tasks, learning curves, tuning."""
