"""The sections beside the main table, each computed and drawn here: transfer, alignment, learning curves, tuning."""
