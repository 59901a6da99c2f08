"""Export trained models as folders that other programs can load."""
