"""Pairs of a better and a worse answer that show how to behave: decline outside the domain, refuse harmful requests.

Pairs about the domain itself, a right answer against a plausible wrong one, are the view `preferences` of the domain.
"""
