"""Instructions whose keeping code can check, written by the project.

Source of the idea: IFEval (Zhou et al. 2023, arXiv 2311.07911). Every record brings an answer that keeps all its
checks, so that no instruction is asked that cannot be kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any, TypeVar

from harness.errors import DataError
from harness.items.rows import Question
from harness.suites.checks.contract import Check
from harness.suites.checks.registry import FAMILY_OF, parse_check
from harness.suites.contract import Places, QuestionSet
from harness.suites.records import read_records

FILE = "style.jsonl"
KEYS = ("prompt", "checks", "example")

Grouped = TypeVar("Grouped")


@dataclass(frozen=True)
class StyleQuestion(Question):
    """An instruction; `answer` says its rules in words, and no choices are given."""

    checks: tuple[str, ...] = ()
    """As read by `parse_check`; an answer must keep all. The first says what the instruction is about: its name is the
    cluster, since a model that keeps one of a kind mostly keeps the others."""


def build(places: Places) -> list[StyleQuestion]:
    """All instructions: the families of checks take turns, and so do the checks of a family.

    Raises:
        DataError: a record is broken, two prompts are the same, a check is unknown or breaks the record's example.
    """
    path = places.suites / FILE
    rows: list[StyleQuestion] = []
    numbers: dict[str, int] = defaultdict(int)
    seen: dict[str, str] = {}
    for place, record in read_records(path, keys=KEYS):
        checks = read_checks(record, where=place)
        prompt = _prompt(record, where=place)
        if prompt in seen:
            raise DataError("the prompt stands there twice", where=place, hint=f"see {seen[prompt]}")
        seen[prompt] = place
        numbers[checks[0].name] += 1
        rows.append(_question(prompt, checks, number=numbers[checks[0].name]))
    return in_turns(rows)


def read_checks(record: dict[str, Any], *, where: str) -> list[Check]:
    """The record's checks, after trying them on its example.

    Raises:
        DataError: they are no list of texts, one is unknown, stands there twice or breaks the example.
    """
    texts, example = record["checks"], record["example"]
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise DataError(f'"checks" is {texts!r}', where=where, expected="a list of texts such as `words_at_most 20`")
    if not isinstance(example, str):
        raise DataError(f'"example" is {example!r}', where=where, expected="an answer that keeps all checks")
    checks = [parse_check(text, where=where) for text in texts]
    if len({check.name for check in checks}) < len(checks):
        raise DataError("a check stands there twice", where=where)
    for check in checks:
        if not check.holds(example):
            raise DataError(f'the example breaks "{check.text}"', where=where, expected=check.rule.says)
    return checks


def in_turns(rows: Sequence[StyleQuestion]) -> list[StyleQuestion]:
    """The same rows, so that the first n hold equally many of each family as long as each has some left."""
    by_family = _grouped(rows, lambda row: FAMILY_OF[row.cluster])
    return _take_turns([_take_turns(_grouped(family, lambda row: row.cluster)) for family in by_family])


def _question(prompt: str, checks: Sequence[Check], *, number: int) -> StyleQuestion:
    return StyleQuestion(
        id=f"{checks[0].name}-{number}",
        split="test",
        cluster=checks[0].name,
        text=prompt,
        prompt=prompt,
        choices=(),
        answer="; ".join(check.rule.says for check in checks),
        checks=tuple(check.text for check in checks),
    )


def _prompt(record: dict[str, Any], *, where: str) -> str:
    prompt = record["prompt"]
    if not isinstance(prompt, str):
        raise DataError(f'"prompt" is {prompt!r}', where=where, expected="a text")
    return prompt


def _grouped(rows: Iterable[Grouped], key: Callable[[Grouped], str]) -> list[list[Grouped]]:
    groups: dict[str, list[Grouped]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return list(groups.values())


def _take_turns(groups: Sequence[Sequence[Grouped]]) -> list[Grouped]:
    rounds = zip_longest(*([(row,) for row in group] for group in groups), fillvalue=())
    return list(chain.from_iterable(chain.from_iterable(rounds)))


SET = QuestionSet(build, row=StyleQuestion)
