"""Collect the problems of YAML files, each with its file and line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from harness.config.mistakes import Key, Mistake
from harness.config.project import FAMILY_FILE
from harness.config.strict import SeveralMistakesError, read_yaml
from harness.errors import ConfigError, HarnessError, did_you_mean


@dataclass
class Complaints:
    """Problems of one file that could be parsed but holds something impossible."""

    path: Path
    content: CommentedMap
    found: list[ConfigError] = field(default_factory=list)

    def add(self, what: str, *keys: Key, expected: str | None = None, hint: str | None = None) -> None:
        """Add a problem at the line of `keys` (`"recipes", "peft", 0`)."""
        self.found.append(Mistake(keys, what, expected, hint).located(self.path, self.content))

    def unknown(self, kind: str, name: str, known: Iterable[str], *keys: Key) -> None:
        """Add the problem that no `kind` has this name, with a suggestion."""
        self.add(f'unknown {kind} "{name}"', *keys, hint=did_you_mean(name, known))

    def names(self, kind: str, names: Sequence[str], known: Iterable[str], *keys: Key) -> None:
        """Check that every entry of the list at `keys` is known and is listed only once."""
        choices = list(known)
        for index, name in enumerate(names):
            if name not in choices:
                self.unknown(kind, name, choices, *keys, index)
        self.duplicates(kind, names, *keys)

    def duplicates(self, kind: str, entries: Sequence[object], *keys: Key) -> None:
        """Check that no entry of the list at `keys` is listed twice."""
        for entry, count in Counter(entries).items():
            if count > 1:
                self.add(f'the {kind} "{entry}" is listed {count} times', *keys, hint="keep one")


def recipe_file(root: Path, recipe_id: str, *keys: Key) -> Complaints:
    """Complaints about the file that holds `keys` (`"run", "options"`) of a recipe.

    That is the recipe's own file, unless only its family's file holds them.
    """
    path = root / "recipes" / f"{recipe_id}.yaml"
    family = path.with_name(FAMILY_FILE)
    content, shared = read_yaml(path), read_yaml(family)
    if not _holds(content, keys) and _holds(shared, keys):
        return Complaints(family, shared)
    return Complaints(path, content)


def _holds(content: CommentedMap, keys: Sequence[Key]) -> bool:
    node: Any = content
    try:
        for key in keys:
            node = node[key]
    except (KeyError, IndexError, TypeError):
        return False
    return True


@contextmanager
def gathered(problems: list[HarnessError]) -> Iterator[None]:
    """Append a ConfigError that the block raises to `problems`, and continue after the block."""
    try:
        yield
    except SeveralMistakesError as errors:
        problems += errors.each
    except ConfigError as error:
        problems.append(error)


def refuse(found: Sequence[HarnessError], root: Path) -> None:
    """Raise one error that lists all problems, if there are any.

    Raises:
        ConfigError: it lists all of them.
    """
    if found:
        listed = "\n".join(below(root, str(problem)) for problem in found)
        raise ConfigError(f"{counted(len(found), 'problem')} in the configuration\n{listed}")


def counted(count: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def below(root: Path, text: str) -> str:
    """The text with paths relative to the project's root. They are shorter, and most terminals make them links."""
    return text.replace(f"{root}/", "")
