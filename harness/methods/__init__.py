"""One file per fine-tuning method. Each holds one Method class, whose docstring is the data sheet.

A new method needs a file here, a recipe, a test, and the recipe's name in params.yaml.
"""
