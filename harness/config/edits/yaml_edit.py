"""Change a YAML file without losing its comments, order and layout."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter

from harness.config.strict import read_yaml

_LAYOUTS = ((2, 0), (4, 2))
"""Common layouts: indentation and offset of list items."""


class _Representer(RoundTripRepresenter):
    """Writes null as `null`. ruamel.yaml writes an empty value, which looks like a missing one."""

    def _null(self, data: None) -> Any:
        return self.represent_scalar("tag:yaml.org,2002:null", "null")


_Representer.add_representer(type(None), _Representer._null)


class YamlEdit:
    """A YAML mapping that can be changed through `content`; `text` gives the changed file."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            ConfigError: as `read_yaml`.
        """
        self.path = path
        read_yaml(path)  # its errors name file and line
        before = path.read_text(encoding="utf-8")
        self.content: CommentedMap = parsed(before)
        self._windows = b"\r\n" in path.read_bytes()
        exact = [layout for layout in _LAYOUTS if _dumped(self.content, layout) == before]
        self._layout = exact[0] if exact else _LAYOUTS[0]

    def text(self) -> str:
        """The text of the changed file."""
        text = _dumped(self.content, self._layout)
        return text.replace("\n", "\r\n") if self._windows else text


def yaml_text(content: CommentedMap) -> str:
    """The text of a new file."""
    return _dumped(content, _LAYOUTS[0])


def parsed(text: str) -> Any:
    """The content of a valid YAML text, with comments, quotes and line numbers."""
    return _yaml(_LAYOUTS[0]).load(text)


def add_to_list(content: CommentedMap, key: str, name: str) -> None:
    """Add `name` to the list at `key`, if it is not there."""
    entries: CommentedSeq = content[key]
    if name in entries:
        return
    if not entries:
        entries.fa.set_flow_style()  # ruamel.yaml forgets the style of an empty list
    if entries.fa.flow_style():
        entries.append(name)
        _move_up_comment(content, key)
    else:
        entries.insert(max(len(entries) - 1, 0), name)  # comments after a block list belong to its last entry


def remove_from_list(content: CommentedMap, key: str, name: str) -> None:
    """Take `name` out of the list at `key`, if it is there."""
    if name in content.get(key, ()):
        content[key].remove(name)
        _move_up_comment(content, key)


def _move_up_comment(content: CommentedMap, key: str) -> None:
    """Keep the comment on the line of `key` directly after its value, which may have become longer."""
    for token in content.ca.items.get(key, ()):
        if token is not None and not isinstance(token, list):
            token.column = 0


def _dumped(content: CommentedMap, layout: tuple[int, int]) -> str:
    stream = io.StringIO()
    _yaml(layout).dump(content, stream)
    return stream.getvalue()


def _yaml(layout: tuple[int, int]) -> YAML:
    yaml = YAML(typ="rt")
    yaml.Representer = _Representer
    yaml.preserve_quotes = True
    yaml.width = 2**16  # no line is folded
    sequence, offset = layout
    yaml.indent(mapping=2, sequence=sequence, offset=offset)
    return yaml
