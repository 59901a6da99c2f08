"""`harness export-runs`: the runs of the store in the forms that other tools read."""
