"""The sections beside the main table, each computed and drawn here: transfer, learning curves, tuning."""
