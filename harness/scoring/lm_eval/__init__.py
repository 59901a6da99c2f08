"""The bridge to lm-eval: our models as lm-eval models, and lm-eval's official tasks."""
