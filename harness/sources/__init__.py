"""Fetch and verify what comes from outside: registry wheels, hub repositories, URLs, local paths.

`harness fetch` fills `data/sources/<name>/`; one file per kind of source, `origin.py` records what was had.
"""
