"""MTEB's own tasks, our models in the form that MTEB can ask, and our texts as tasks of MTEB."""
