"""The training loops, one per trainer; imported only when something is trained."""
