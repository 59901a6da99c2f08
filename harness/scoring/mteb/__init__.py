"""The bridge to MTEB: our models as encoders, our texts as tasks, and MTEB's official tasks."""
