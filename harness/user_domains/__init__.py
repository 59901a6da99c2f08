"""Domains made from a user's own file: inspect the file, plan and write the configuration, show and remove domains."""
