"""Policies that learnt from preferences or rewards, and judges, from the notes of their training records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.evidence.wilson import wilson
from harness.reports.board.measured.groups import Record, records_of
from harness.reports.contract.sections.alignment import Alignment, ComparedAnswers, JudgeRow, PolicyRow, Rating

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIGURES = "figures"
QUERY = """
SELECT run_id, recipe, domains, notes FROM runs
WHERE notes IS NOT NULL AND status = 'ok' ORDER BY family, recipe, seed, run_id
"""


def read_alignment(connection: DuckDBPyConnection, *, confidence: float) -> dict[str, Alignment]:
    """Domain -> its policies and judges, for the domains that have some. A mixture counts for its first domain."""
    policies: dict[str, list[PolicyRow]] = {}
    judges: dict[str, list[JudgeRow]] = {}
    for run in records_of(connection, QUERY):
        notes, domain = json.loads(run["notes"]), run["domains"][0]
        if "policy" in notes:
            policies.setdefault(domain, []).append(_policy(run, notes["policy"], confidence=confidence))
        elif "judge" in notes and isinstance(notes["judge"], dict):
            judges.setdefault(domain, []).append(_judge(run, notes))
    return {
        domain: Alignment(
            policies=policies.get(domain, []),
            judges=judges.get(domain, []),
            figure=f"{FIGURES}/alignment-{domain}.png" if domain in policies else None,
        )
        for domain in sorted({*policies, *judges})
    }


def _policy(run: Record, found: Mapping[str, Any], *, confidence: float) -> PolicyRow:
    def compared(entry: Mapping[str, Any]) -> dict[str, Any]:
        prompts = found["prompts"]
        rate = (entry["wins"] + (prompts - entry["wins"] - entry["losses"]) / 2) / prompts
        low, high = wilson(rate, prompts, confidence=confidence)
        return {"policy": entry["policy"], "parent": entry["parent"], "win_rate": rate, "low": low, "high": high}

    shown = ("prompts", "kl", "length", "parent_length", "ended", "parent_ended")
    return PolicyRow(
        run=run["run_id"],
        recipe=run["recipe"],
        **{name: found[name] for name in shown},
        gold=ComparedAnswers(**compared(found["gold"])),
        ratings=[Rating(recipe=one["recipe"], role=one["role"], **compared(one)) for one in found["raters"]],
    )


def _judge(run: Record, notes: Mapping[str, Any]) -> JudgeRow:
    given = set(JudgeRow.model_fields) - {"run", "recipe", "seconds_per_pair"}
    return JudgeRow(
        run=run["run_id"],
        recipe=run["recipe"],
        seconds_per_pair=notes["seconds_per_pair"],
        **{name: notes["judge"][name] for name in given},
    )
