"""The inspection report on a user's file: its content, and problems for training or measurement."""
