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
    """The folders with the material from which questions are built."""

    sources: Path
    """data/sources: one folder per fetched source."""
    suites: Path
    """data/suites: the texts that the project wrote itself."""
    contents: Callable[[], Mapping[str, Content]] = dict
    """Reads the items of every domain of `params.retention_domains`; domain -> its content."""
    learnt: Callable[[], Mapping[str, Content]] = dict
    """The same for those of them that recipes run on."""


@dataclass(frozen=True)
class QuestionSet:
    """How one set of questions is built."""

    build: Callable[[Places], Sequence[Question]]
    """Gives all questions. A suite asks the first n of them, so the order must keep every n balanced. Every question is
    in the split `test`. The function only reads files; the same material gives the same questions. A question that
    belongs to a domain has an id `<domain>/...` and is not asked of runs that were trained on the domain, except in
    sets `of_own_domain`; other ids have no slash."""
    row: type[Question] = Question
    """The class of the questions, for kinds that need more fields than `Question` has. Further fields are texts, tuples
    of texts, or booleans."""
    of_own_domain: bool = False
    """The set has questions for each of the `retention_domains` that recipes run on. Their ids begin with `<domain>/`,
    and they are asked only of runs that are scored on this domain."""
    sources: tuple[str, ...] = ()
    """The sources that `build` reads, by their names in data/sources.yaml."""


def get_set(name: str) -> QuestionSet:
    """The `SET` of harness/suites/sets/<name>.py.

    Raises:
        ConfigError: the module defines no `SET`.
    """
    module = importlib.import_module(f"harness.suites.sets.{name}")
    found = getattr(module, "SET", None)
    if not isinstance(found, QuestionSet):
        raise ConfigError(
            "the module has no `SET`", where=f"harness/suites/sets/{name}.py", expected="SET = QuestionSet(...)"
        )
    return found
