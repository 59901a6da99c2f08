"""The commands that README and docs show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.tree import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = r"^ *```\w*\n(.*?)^ *```"


def commands(program: str) -> dict[str, str]:
    """Command line -> the page that shows it: lines of code blocks, and code within sentences."""
    return _by_command(program, in_sentences=True)


def commands_to_copy(program: str) -> dict[str, str]:
    """Command line -> the page that shows it: lines of code blocks alone, which readers copy as they stand."""
    return _by_command(program, in_sentences=False)


def words(command: str) -> list[str]:
    """The words of a command, without its comment and without the brackets that mark what can be left out."""
    return [word.strip("[]|,") for word in shlex.split(command.replace("[", " ").replace("]", " "), comments=True)]


def _by_command(program: str, *, in_sentences: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for page in PAGES:
        for line in _lines(page, in_sentences=in_sentences):
            command = re.sub(r"^(\$ |python -m (?=harness))", "", line)
            if command.startswith(f"{program} "):
                found.setdefault(command, page.relative_to(ROOT).as_posix())
    return found


def _lines(page: Path, *, in_sentences: bool) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    for block in re.findall(_BLOCK, text, flags=re.DOTALL | re.MULTILINE):
        yield from (line.strip() for line in block.splitlines())
    if in_sentences:
        yield from re.findall(r"`([^`\n]+)`", re.sub(_BLOCK, "", text, flags=re.DOTALL | re.MULTILINE))
