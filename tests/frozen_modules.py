"""Keep garbage collections away from the libraries' modules, which hold a million objects that stay to the end.

accelerate collects garbage at the beginning of every training. On tiny models that was half of a training's time.
"""

from __future__ import annotations

import atexit
import gc
import sys

MANY = 100
"""So many new modules are worth a collection."""

atexit.register(gc.unfreeze)  # libraries complain at the end about what is left

_frozen = 0
"""How many modules were there at the last call of `freeze_modules` that did something."""


def freeze_modules() -> None:
    """Let garbage collections pass over what is there now, if many modules were imported since the last time."""
    global _frozen
    if len(sys.modules) >= _frozen + MANY:
        gc.collect()
        gc.freeze()
        _frozen = len(sys.modules)
