"""What is wrong in one YAML file, each problem with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from harness.config.strict import Key, SeveralMistakesError, line_of
from harness.errors import ConfigError, HarnessError, did_you_mean


@dataclass
class Complaints:
    """Collects the problems of a file that parses, but says something impossible."""

    path: Path
    content: CommentedMap
    found: list[ConfigError] = field(default_factory=list)

    def add(self, what: str, *keys: Key, expected: str | None = None, hint: str | None = None) -> None:
        """Add a problem at the line of `keys` (`"recipes", "peft", 0`)."""
        where = f"{self.path}{line_of(self.content, keys)}"
        self.found.append(ConfigError(what, where=where, expected=expected, hint=hint))

    def unknown(self, kind: str, name: str, known: Iterable[str], *keys: Key) -> None:
        """Add that no `kind` is called `name`, with a suggestion."""
        self.add(f'unknown {kind} "{name}"', *keys, hint=did_you_mean(name, known))

    def names(self, kind: str, names: Sequence[str], known: Iterable[str], *keys: Key) -> None:
        """Check that every entry of the list at `keys` is known and stands there once."""
        choices = list(known)
        for index, name in enumerate(names):
            if name not in choices:
                self.unknown(kind, name, choices, *keys, index)
        self.duplicates(kind, names, *keys)

    def duplicates(self, kind: str, entries: Sequence[object], *keys: Key) -> None:
        """Check that no entry of the list at `keys` stands there twice."""
        for entry, count in Counter(entries).items():
            if count > 1:
                self.add(f'the {kind} "{entry}" is listed {count} times', *keys, hint="keep one")


@contextmanager
def gathered(problems: list[HarnessError]) -> Iterator[None]:
    """Keep the errors of the block among `problems` and go on."""
    try:
        yield
    except SeveralMistakesError as errors:
        problems += errors.each
    except ConfigError as error:
        problems.append(error)


def refuse(found: Sequence[HarnessError], root: Path) -> None:
    """Raise one error that tells all problems, if there are any.

    Raises:
        ConfigError: naming all of them.
    """
    if found:
        told = "\n".join(below(root, str(problem)) for problem in found)
        raise ConfigError(f"{counted(len(found), 'problem')} in the configuration\n{told}")


def counted(count: int, noun: str) -> str:
    """`1 problem`, `2 problems`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def below(root: Path, text: str) -> str:
    """Paths as seen from the project's root: shorter, and a click in most terminals."""
    return text.replace(f"{root}/", "")
