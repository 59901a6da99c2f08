"""The answers to each item of a suite, with the seeds of a recipe pooled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.reports.compare.item_texts import Texts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_QUERY = """
    SELECT item_id, min(cluster), min(gold), list(coalesce(answer, '') ORDER BY place), list(correct ORDER BY place)
    FROM (SELECT *, list_position($runs, run_id) AS place FROM samples WHERE list_contains($runs, run_id))
    WHERE suite = $suite AND domain = $domain AND correct IS NOT NULL
    GROUP BY item_id ORDER BY item_id"""


@dataclass(frozen=True)
class Answered:
    """One item with its answer.

    What a metric counts and what is right can differ: a suite that asks whether a model abstains counts a wrong answer
    where an answer was due.
    """

    item: str
    cluster: str
    gold: str
    answer: str
    """The most frequent answer of the seeds; of equally frequent answers, the first seed's."""
    correct: float
    """The item's part of the suite's metric: mean over the seeds, 0 to 1."""
    right: float | None = None
    """Share of the seeds whose answer itself is right; null where this cannot be told."""

    @property
    def counted(self) -> bool:
        """The metric is above one half: most seeds count, or a graded answer is more right than wrong."""
        return self.correct > 0.5

    @property
    def uncounted(self) -> bool:
        """The metric is below one half. Exactly one half is neither."""
        return self.correct < 0.5

    @property
    def wrong(self) -> bool:
        """Less than half of the seeds are right; where this cannot be told, the metric is below one half."""
        return self.uncounted if self.right is None else self.right < 0.5


def answered(
    connection: DuckDBPyConnection, *, runs: Sequence[str], suite: str, domain: str, texts: Texts
) -> list[Answered]:
    """Every item that has a score, ordered by id; `texts` are the questions of the suite."""
    rows = connection.execute(_QUERY, {"runs": list(runs), "suite": suite, "domain": domain}).fetchall()
    return [
        Answered(
            item=item,
            cluster=cluster,
            gold=texts.gold(item, gold or ""),
            answer=Counter(answers).most_common(1)[0][0],
            correct=sum(correct) / len(correct),
            right=_share_right(texts, item, answers, correct),
        )
        for item, cluster, gold, answers, correct in rows
    ]


def _share_right(texts: Texts, item: str, answers: Sequence[str], correct: Sequence[float]) -> float | None:
    found = [texts.is_right(item, answer, value) for answer, value in zip(answers, correct, strict=True)]
    known = [one for one in found if one is not None]
    return sum(known) / len(known) if len(known) == len(found) else None
