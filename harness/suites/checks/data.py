"""Answers that a program can read: JSON, items separated by commas, labelled lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from harness.suites.checks.arguments import listed, numbered
from harness.suites.checks.contract import CheckKind, Rule
from harness.suites.checks.counting import lines, words

FENCE = re.compile(r"\A```(?:json|JSON)?[ \t]*\n(?P<inside>.*)\n?```\Z", re.DOTALL)
ITEM_WORDS = 4
"""The largest number of words of an item; a longer item is taken for a part of a sentence."""


def read_json(text: str) -> Any:
    """The JSON value, also from a code block; null if the text is not JSON or has other text around it."""
    fenced = FENCE.match(text)
    try:
        return json.loads(fenced["inside"] if fenced else text)
    except (ValueError, RecursionError):
        return None


def _json_keys(keys: tuple[str, ...]) -> Rule:
    def keeps(text: str) -> bool:
        value = read_json(text)
        return isinstance(value, dict) and set(value) == set(keys)

    return Rule(f"a JSON object with the keys {', '.join(keys)} and no other", keeps)


def _json_list(number: int) -> Rule:
    def keeps(text: str) -> bool:
        value = read_json(text)
        return isinstance(value, list) and len(value) == number and all(isinstance(item, str) for item in value)

    return Rule(f"a JSON list of {number} texts", keeps)


def _comma_separated(number: int) -> Rule:
    def keeps(text: str) -> bool:
        parts = text.split(",")
        return "\n" not in text and len(parts) == number and all(1 <= len(words(part)) <= ITEM_WORDS for part in parts)

    return Rule(f"{number} items of at most {ITEM_WORDS} words on one line, with commas between them", keeps)


def _labelled_lines(labels: tuple[str, ...]) -> Rule:
    def keeps(text: str) -> bool:
        found = [line.replace("*", "").partition(":") for line in lines(text)]
        named = [label.strip().casefold() for label, _, _ in found]
        return named == [label.casefold() for label in labels] and all(value.strip() for _, _, value in found)

    return Rule(f"one line each, in this order, for {', '.join(f'{label}:' for label in labels)}", keeps)


CHECKS: Mapping[str, CheckKind] = {
    "json_keys": listed(_json_keys, example="name, price"),
    "json_list": numbered(_json_list),
    "comma_separated": numbered(_comma_separated),
    "labelled_lines": listed(_labelled_lines, example="Name, Price"),
}
