"""Typed models of everything a user writes in YAML: params, recipe, family, domain, suite, source.

An unknown key, a wrong type or an unknown name is an error with file, line, key and a suggestion.
"""
