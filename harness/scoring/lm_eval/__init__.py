"""lm-eval's own tasks, and our models in the form that lm-eval can ask."""
