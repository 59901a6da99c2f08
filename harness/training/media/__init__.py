"""Training of models that read pictures, sound or tables beside text."""
