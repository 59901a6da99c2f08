"""Run stages: one after another by DVC, or several at a time with Ray; safe to interrupt, with a live table."""
