"""The options of a question, however a file spells them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from harness.user_files.cell_text import is_cell, value_text
from harness.user_files.json_cells import decoded

LISTS = ("choices", "options", "endings", "answer_choices", "candidates", "alternatives")
_LETTERS = tuple(ascii_uppercase[:10])
_NUMBERED = re.compile(r"(option|opt|op|choice|answer|sol|ending|alternative)[ _-]?([a-j]|\d)", re.IGNORECASE)
_DISTRACTOR = re.compile(r"distractor[ _-]?\d+", re.IGNORECASE)
_PREFIX = re.compile(r"\s*\(?([A-Ja-j])\s*[).:]\s*")


@dataclass(frozen=True)
class Option:
    """One option of a question."""

    label: str
    """Its letter or number."""
    text: str
    column: str | None = None
    """The column that holds it, if it has one of its own."""


@dataclass(frozen=True)
class Options:
    """The options of a question in their order."""

    listed: tuple[Option, ...]
    are_labelled: bool
    """Whether the file itself gives the labels, or they are letters; otherwise they are places such as `option1`."""


def options_of(value: Mapping[str, Any]) -> Options | None:
    """The options of a record that are not blank; None if there are fewer than two."""
    for name in LISTS:
        if name in value and (found := _of_list(decoded(value[name]))):
            return found
    question = value.get("question")
    if isinstance(question, dict) and (found := _of_list(question.get("choices"))):  # the raw files of CommonsenseQA
        return found
    columns = option_columns(value.keys())
    if len(columns) < 2:
        return None
    texts = {name: value_text(value[name]) if is_cell(value[name]) else None for name in columns}
    are_letters = all(not label.isdigit() for label in columns.values())
    return _options([(label, texts[name], name) for name, label in columns.items()], are_labelled=are_letters)


def distractors_of(value: Mapping[str, Any]) -> list[str]:
    """The wrong options of a record that has them apart from the right one (SciQ)."""
    names = [name for name in value if _DISTRACTOR.fullmatch(name)]
    listed = next((decoded(value[name]) for name in ("distractors", "incorrect_answers") if name in value), None)
    cells = [*(value[name] for name in names), *(listed if isinstance(listed, list) else [])]
    return [text for cell in cells if is_cell(cell) and (text := value_text(cell)) and text.strip()]


def option_columns(names: Collection[str]) -> dict[str, str]:
    """Column -> label, for options with a column each: A, B, C or option_a, option_b or sol1, sol2."""
    for spelled in (_LETTERS, tuple(letter.lower() for letter in _LETTERS)):
        letters = [letter for letter in spelled if letter in names]
        if len(letters) > 1 and letters == list(spelled[: len(letters)]):
            return {letter: letter.upper() for letter in letters}
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for name in names:
        if match := _NUMBERED.fullmatch(name.strip()):
            groups[match[1].casefold()][name] = match[2].upper()
    for columns in groups.values():
        ordered = dict(sorted(columns.items(), key=lambda entry: entry[1]))
        if len(ordered) > 1 and next(iter(ordered.values())) in ("A", "0", "1"):
            return ordered
    return {}


def distractor_columns(names: Collection[str]) -> set[str]:
    """The columns of wrong options."""
    return {name for name in names if _DISTRACTOR.fullmatch(name) or name in ("distractors", "incorrect_answers")}


def _of_list(value: Any) -> Options | None:
    """Options of a list of texts or of objects, or of an object of labels and texts."""
    if isinstance(value, dict) and {"label", "text"} <= value.keys():
        labels, texts = value["label"], value["text"]
        if isinstance(labels, list) and isinstance(texts, list) and len(labels) == len(texts):
            return _options([(value_text(label), text, None) for label, text in zip(labels, texts, strict=True)])
    if isinstance(value, dict) and len(value) > 1 and all(len(key) == 1 and is_cell(value[key]) for key in value):
        return _options([(key, value[key], None) for key in value])
    if not isinstance(value, list):
        return None
    if all(isinstance(one, dict) and {"label", "text"} <= one.keys() for one in value):
        return _options([(value_text(one["label"]), one["text"], None) for one in value])
    if not all(map(is_cell, value)) or len(value) > len(ascii_uppercase):
        return None
    texts = [value_text(one) or "" for one in value]
    marked = [match[1].upper() if (match := _PREFIX.match(text)) else "" for text in texts]
    if marked == list(ascii_uppercase[: len(texts)]):  # "A) 21", as in AQuA
        texts = [_PREFIX.sub("", text, count=1) for text in texts]
    return _options([(label, text, None) for label, text in zip(ascii_uppercase, texts, strict=False)])


def _options(found: list[tuple[Any, Any, str | None]], *, are_labelled: bool = True) -> Options | None:
    listed = tuple(
        Option(label.strip(), text.strip(), column)
        for label, cell, column in found
        if label and is_cell(cell) and (text := value_text(cell)) and text.strip()
    )
    return Options(listed, are_labelled) if len(listed) > 1 else None
