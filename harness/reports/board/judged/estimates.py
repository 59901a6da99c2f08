"""Step 3 of the board: each suite of each group with its interval, in the order in which the rows stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.evidence.resampling import Estimate, Resampling, score_interval
from harness.reports.board.measured.groups import Record, Signature, agrees
from harness.reports.board.measured.item_scores import recorded_mean
from harness.reports.board.measured.scored_groups import ScoredGroup
from harness.reports.contract.rounding import rounded


@dataclass(frozen=True)
class EstimatedGroup:
    """A group with the score of each suite."""

    scored: ScoredGroup
    scores: Mapping[str, Estimate | None]
    """Suite -> score with interval; null without a score."""
    comparable: bool
    """False: scored by another protocol than the one that ranks in the domain."""

    @property
    def score(self) -> Estimate | None:
        """The score that ranks, also where it may not be compared."""
        suite = self.scored.group.main_suite
        return None if suite is None or suite in self.scored.learnt else self.scores[suite]

    @property
    def ranked(self) -> bool:
        """Whether the row takes part in comparisons."""
        return bool(self.scored.group.runs) and self.comparable and self.score is not None


def estimated(groups: Sequence[ScoredGroup], *, protocol: Signature, resampling: Resampling) -> list[EstimatedGroup]:
    """The groups of one domain in board order; `protocol` is the signature that ranks.

    Board order: by falling score, then without a score, of another protocol, failed.
    """
    found = [
        EstimatedGroup(
            scored=scored,
            scores={suite: _estimate(scored, suite, resampling) for suite in scored.group.asked},
            comparable=agrees(scored.group.signature, protocol),
        )
        for scored in groups
    ]
    return sorted(found, key=_place)


def items_asked(records: Sequence[Record]) -> int | None:
    """Number of items behind the primary metric of one suite."""
    n: int | None = records[0]["metrics"].get(records[0]["primary_metric"], (None, None))[1]
    return n


def _estimate(scored: ScoredGroup, suite: str, resampling: Resampling) -> Estimate | None:
    """From the item scores; else the recorded mean over seeds, without an interval."""
    items = scored.items[suite]
    if items is not None:
        return score_interval(items, resampling=resampling)
    records = scored.group.asked[suite]
    recorded = recorded_mean(records, records[0]["primary_metric"])
    if recorded is None:
        return None
    return Estimate(recorded, None, None, None, n=items_asked(records) or 0, clusters=0)


def _place(one: EstimatedGroup) -> tuple[Any, ...]:
    group = one.scored.group
    score = rounded(one.score.value) if one.score else None
    main = group.asked[group.main_suite][0]["protocol_hash"] if group.main_suite else None
    return (
        not group.runs,
        not one.comparable,
        score is None,
        -(score or 0.0),
        group.recipe_id,
        str(main),
        group.domains,
    )
