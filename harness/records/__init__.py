"""The records that stages leave behind: runs, scores and learning curves, as typed models."""
