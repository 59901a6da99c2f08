"""What may stand in each YAML file: docs/reference.md for readers, docs/schema/*.json for editors.

Both are written from the typed models of harness/config, whose docstrings are the explanations.
"""
