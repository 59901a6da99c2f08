"""The answers that the page lets readers browse: items of each domain's own task, with the answer of every row.

The page stays small: only so many items are kept, and those first on which the rows disagree most.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.config.project import Project
from harness.display.plain_text import shortened
from harness.reports.board.measured.groups import Group, read_groups
from harness.reports.compare.answers import Answered, answered
from harness.reports.compare.item_texts import Texts, item_texts
from harness.reports.contract.rows import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BYTES = 600_000
"""Most bytes of all samples together."""
MOST_ITEMS = 200
"""Most items of one domain."""
TEXT, ANSWER = 280, 140
"""Most characters of a question, and of an answer."""


@dataclass(frozen=True)
class Item:
    """One question."""

    id: str
    text: str
    gold: str


@dataclass(frozen=True)
class Samples:
    """The answers to one suite of one domain."""

    suite: str
    metric: str
    asked: int
    """Items that the suite asked; the page may hold fewer."""
    items: list[Item] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    """Row id -> its answer to each item."""
    right: dict[str, str] = field(default_factory=dict)
    """Row id -> one character per item: 1 right, 0 wrong, - cannot be told or differs between seeds."""
    reason: str | None = None
    """Why the questions have no texts."""

    def first(self, count: int) -> Samples:
        """The same with the first items only."""
        return Samples(
            self.suite,
            self.metric,
            self.asked,
            self.items[:count],
            {row: answers[:count] for row, answers in self.answers.items()},
            {row: right[:count] for row, right in self.right.items()},
            self.reason,
        )

    def packed(self) -> dict[str, Any]:
        """For the script: each distinct answer once."""
        distinct = list(dict.fromkeys(answer for answers in self.answers.values() for answer in answers))
        place = {answer: i for i, answer in enumerate(distinct)}
        return {
            "suite": self.suite,
            "asked": self.asked,
            "items": [[item.id, item.text, item.gold] for item in self.items],
            "answers": distinct,
            "given": {row: [place[answer] for answer in answers] for row, answers in self.answers.items()},
            "right": self.right,
        }


def read_samples(
    connection: DuckDBPyConnection, project: Project, rows: Sequence[Row], *, most_bytes: int = BYTES
) -> dict[str, Samples]:
    """Domain -> its samples, for every domain whose ranked rows answered its own task item by item.

    Raises:
        ConfigError: a suite is broken.
    """
    groups = read_groups(connection, project.params.all_suites)
    domains = dict.fromkeys(row.domain for row in rows)
    found = {domain: _of_domain(connection, project, domain, rows, groups) for domain in domains}
    kept = {domain: samples for domain, samples in found.items() if samples}
    return {domain: _fitting(samples, most_bytes // len(kept)) for domain, samples in kept.items()}


def _of_domain(
    connection: DuckDBPyConnection, project: Project, domain: str, rows: Sequence[Row], groups: Sequence[Group]
) -> Samples | None:
    ranked = {
        (row.recipe_id, tuple(row.domains or [domain])): row for row in rows if row.ranked and row.domain == domain
    }
    texts, suite, metric = Texts(), "", ""
    by_row: dict[str, dict[str, Answered]] = {}
    for group in groups:
        row = ranked.get((group.recipe_id, group.domains)) if group.domain == domain else None
        if row is None or group.main_suite is None or not group.runs:
            continue
        records = group.asked[group.main_suite]
        if records[0]["protocol_hash"] != row.protocol_hash:
            continue
        if group.main_suite != suite:
            suite, metric = group.main_suite, records[0]["primary_metric"]
            texts = item_texts(project, suite, domain=domain)
        runs = [record["run_id"] for record in records]
        answers = answered(connection, runs=runs, suite=suite, domain=domain, texts=texts)
        by_row[row.row_id] = {one.item: one for one in answers}
    return _samples(by_row, texts, suite=suite, metric=metric)


def _samples(by_row: Mapping[str, Mapping[str, Answered]], texts: Texts, *, suite: str, metric: str) -> Samples | None:
    common = set.intersection(*(set(answers) for answers in by_row.values())) if by_row else set()
    if not common:
        return None
    shares = {item: sum(answers[item].correct for answers in by_row.values()) / len(by_row) for item in common}
    order = sorted(common, key=lambda item: (abs(shares[item] - 0.5), item))[:MOST_ITEMS]
    any_row = next(iter(by_row.values()))
    return Samples(
        suite=suite,
        metric=metric,
        asked=len(common),
        items=[
            Item(item, shortened(texts.text(item) or "", most=TEXT), shortened(any_row[item].gold, most=ANSWER))
            for item in order
        ],
        answers={row: [shortened(found[item].answer, most=ANSWER) for item in order] for row, found in by_row.items()},
        right={row: "".join(_right(found[item]) for item in order) for row, found in by_row.items()},
        reason=texts.reason,
    )


def _right(one: Answered) -> str:
    return "1" if one.counted else "0" if one.uncounted else "-"


def _fitting(samples: Samples, most_bytes: int) -> Samples:
    """As many of the first items as have room."""
    while samples.items and len(json.dumps(samples.packed(), ensure_ascii=False).encode()) > most_bytes:
        samples = samples.first(len(samples.items) * 3 // 4)
    return samples
