"""One file per way to fine-tune. Each holds one class whose docstring is its data sheet.

To add one: this file's neighbour, a recipe, a test, and its name in params.yaml.
"""
