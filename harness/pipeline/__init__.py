"""What makes stages safe to run, interrupt and repeat: atomic outputs, parent watch, fingerprints, plan."""
