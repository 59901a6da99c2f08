"""The answers to each item of a suite, with the seeds of a recipe pooled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_QUERY = """
    SELECT item_id, min(cluster), min(gold), avg(correct), list(answer ORDER BY list_position($runs, run_id))
    FROM samples WHERE suite = $suite AND domain = $domain AND list_contains($runs, run_id)
    GROUP BY item_id ORDER BY item_id"""


@dataclass(frozen=True)
class Answered:
    """One item with its answer."""

    item: str
    cluster: str
    gold: str
    answer: str
    """The most frequent answer of the seeds; of equally frequent answers, the first seed's."""
    correct: float
    """Mean over the seeds, 0 to 1."""

    @property
    def right(self) -> bool:
        """Above one half: most seeds, or for graded answers more right than wrong."""
        return self.correct > 0.5

    @property
    def wrong(self) -> bool:
        """Below one half. Exactly one half is neither right nor wrong."""
        return self.correct < 0.5


def answered(connection: DuckDBPyConnection, *, runs: Sequence[str], suite: str, domain: str) -> list[Answered]:
    """Every item that has a score, ordered by id."""
    rows = connection.execute(_QUERY, {"runs": list(runs), "suite": suite, "domain": domain}).fetchall()
    return [
        Answered(item, cluster, gold, _most_frequent(answers), correct)
        for item, cluster, gold, correct, answers in rows
        if correct is not None
    ]


def _most_frequent(answers: Sequence[str | None]) -> str:
    return Counter(answer or "" for answer in answers).most_common(1)[0][0]
