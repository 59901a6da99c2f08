"""What a module in harness/suites/sets/ must define: a constant `SET`, which says how its questions are made."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.domains.views.contract import Content
from harness.errors import ConfigError
from harness.items.rows import Question


@dataclass(frozen=True)
class Places:
    """Where the material of questions lies."""

    sources: Path
    """data/sources: a folder for each fetched source."""
    suites: Path
    """data/suites: what the project wrote itself."""
    contents: Callable[[], Mapping[str, Content]] = dict
    """Reads the items of every domain of `params.retention_domains`, by name."""


@dataclass(frozen=True)
class QuestionSet:
    """How the questions of one suite are made."""

    build: Callable[[Places], Sequence[Question]]
    """All questions, in the order in which a suite takes its first n: so that any n is balanced. Every split is
    `test`. Pure but for reading; the same material gives the same questions. Those that belong to a domain have ids
    `<domain>/...` and are not asked of runs that were trained on it; no other id has a slash."""
    row: type[Question] = Question
    """Their class, where a kind needs more than a `Question` has; its further fields are texts, tuples of texts, or
    booleans."""
    sources: tuple[str, ...] = ()
    """Names in data/sources.yaml of what it reads."""


def get_set(name: str) -> QuestionSet:
    """The `SET` of harness/suites/sets/<name>.py.

    Raises:
        ConfigError: the module defines none.
    """
    module = importlib.import_module(f"harness.suites.sets.{name}")
    found = getattr(module, "SET", None)
    if not isinstance(found, QuestionSet):
        raise ConfigError("the module has no `SET`", where=f"harness/suites/sets/{name}.py", expected="a QuestionSet")
    return found
