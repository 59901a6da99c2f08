"""Rows measured on this machine beside the published ones: below runs/own, which git ignores."""
