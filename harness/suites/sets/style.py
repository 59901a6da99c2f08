"""Instructions about the form of an answer that code can check, written by the project.

Source of the idea: IFEval (Zhou et al. 2023, arXiv 2311.07911). Every record has an example answer that passes all its
checks, which proves that the instruction can be followed.
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
    """An instruction; `answer` states its rules in words, and there are no choices."""

    checks: tuple[str, ...] = ()
    """The checks that an answer must pass, in the form that `parse_check` reads. The name of the first check is the
    cluster, since a model that follows one instruction of a sort mostly follows the others."""


def build(places: Places) -> list[StyleQuestion]:
    """All instructions, alternating between families of checks and between the checks of a family.

    Raises:
        DataError: a record is malformed, two prompts are equal, a check is unknown, or the example fails a check.
    """
    path = places.suites / FILE
    rows: list[StyleQuestion] = []
    numbers: dict[str, int] = defaultdict(int)
    seen: dict[str, str] = {}
    for place, record in read_records(path, keys=KEYS):
        checks = read_checks(record, where=place)
        prompt = _prompt(record, where=place)
        if prompt in seen:
            raise DataError("the prompt occurs twice", where=place, hint=f"see {seen[prompt]}")
        seen[prompt] = place
        numbers[checks[0].name] += 1
        rows.append(_question(prompt, checks, number=numbers[checks[0].name]))
    return in_turns(rows)


def read_checks(record: dict[str, Any], *, where: str) -> list[Check]:
    """The record's checks, after testing them on its example.

    Raises:
        DataError: `checks` is not a list of texts, a check is unknown or occurs twice, or the example fails a check.
    """
    texts, example = record["checks"], record["example"]
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise DataError(f'"checks" is {texts!r}', where=where, expected="a list of texts such as `words_at_most 20`")
    if not isinstance(example, str):
        raise DataError(f'"example" is {example!r}', where=where, expected="an answer that passes all checks")
    checks = [parse_check(text, where=where) for text in texts]
    if len({check.name for check in checks}) < len(checks):
        raise DataError("a check occurs twice", where=where)
    for check in checks:
        if not check.holds(example):
            raise DataError(f'the example fails the check "{check.text}"', where=where, expected=check.rule.says)
    return checks


def in_turns(rows: Sequence[StyleQuestion]) -> list[StyleQuestion]:
    """The same rows in another order: the first n hold equally many of each family, as long as each has some left."""
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
