"""What pictures, sound and table rows carry: figures, sheet of samples, tables."""
