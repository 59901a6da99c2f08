"""Rules for the form of an answer that code can check: `words_at_most 20`, `json_keys name, price`.

One module per family of checks, each with a table `CHECKS`; registry.py reads a check from its text.
Source of the idea: IFEval (Zhou et al. 2023, arXiv 2311.07911). The checks and their rules are the project's own.
"""
