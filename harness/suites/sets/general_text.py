"""Everyday prompts with good answers in the plain style of an assistant, written by the project.

None of them is about a domain of the harness, so training should not change what a model expects there.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import zip_longest
from typing import Any

from harness.errors import DataError
from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet
from harness.suites.records import read_records

FILE = "general_text.jsonl"
KEYS = ("topic", "prompt", "answer")
FEWEST, MOST = 30, 60
"""Number of words of an answer. Answers have similar lengths, so that every item carries about the same weight."""


def build(places: Places) -> list[Question]:
    """All questions, alternating between topics in the order in which the file first names them.

    Raises:
        DataError: a record is malformed, a value is not a text, a prompt occurs twice, or an answer is too short or too
            long.
    """
    topics: dict[str, list[Question]] = defaultdict(list)
    seen: dict[str, str] = {}
    for place, record in read_records(places.suites / FILE, keys=KEYS):
        topic, prompt, answer = _texts(record, where=place)
        if prompt in seen:
            raise DataError("the prompt occurs twice", where=place, hint=f"see {seen[prompt]}")
        seen[prompt] = place
        topics[topic].append(_question(prompt, answer, name=f"{topic}-{len(topics[topic]) + 1}"))
    return [row for turn in zip_longest(*topics.values()) for row in turn if row is not None]


def _texts(record: dict[str, Any], *, where: str) -> list[str]:
    for key in KEYS:
        if not isinstance(record[key], str):
            raise DataError(f'"{key}" is {record[key]!r}', where=where, expected="a text")
    if "/" in record["topic"]:
        raise DataError(f'"topic" is {record["topic"]!r}', where=where, expected="a name without a slash")
    words = len(record["answer"].split())
    if not FEWEST <= words <= MOST:
        raise DataError(f'"answer" has {words} words', where=where, expected=f"{FEWEST} to {MOST}")
    return [record[key] for key in KEYS]


def _question(prompt: str, answer: str, *, name: str) -> Question:
    """Each question is its own cluster, because no two are about the same thing."""
    return Question(id=name, split="test", cluster=name, text=prompt, prompt=prompt, choices=(), answer=answer)


SET = QuestionSet(build)
