"""Download and verify the artefacts of `data/sources.yaml`: wheels, npm and Debian packages, Hub repositories, URLs,
local paths, files of installed packages.

`harness fetch` fills `data/sources/<name>/`. Each kind of source has one module; `origin.py` records the result.
"""
