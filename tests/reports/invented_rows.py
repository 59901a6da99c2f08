"""Rows and boards made in memory, without a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.evidence.verdict import Verdict
from harness.reports.contract.leaderboard import Leaderboard, PriceInfo, Protocol
from harness.reports.contract.rows import (
    CostCell,
    DeltaCell,
    MachineCell,
    MemoryCell,
    RankCell,
    Row,
    ScoreCell,
)

ZERO = "baseline/zero_shot"


def invented_row(
    recipe_id: str,
    score: float | None,
    *,
    best: bool | None = None,
    usd: float | None = 0.01,
    memory_mb: float | None = 1000.0,
    verdict: Verdict | None = "better",
    machine: MachineCell | None = None,
    **further: Any,
) -> Row:
    """A row on the domain `goods`. `best`: whether it may be best; null: it was not ranked item by item."""
    family, _, recipe = recipe_id.partition("/")
    interval = {"low": (score or 0) - 0.05, "high": (score or 0) + 0.05}
    compared = score is not None and verdict is not None and recipe_id != ZERO
    delta = DeltaCell(
        reference=ZERO,
        value=(score or 0) - 0.2,
        low=0.1,
        high=0.9,
        verdict=verdict or "undecided",
        detectable=0.1,
        n=90,
    )
    facts: dict[str, Any] = {
        "domain": "goods",
        "title": recipe.capitalize(),
        "base_model": "tiny",
        "seeds": [0],
        "failed_seeds": [],
        "n": 90,
        "hallucination": None,
        "safety": None,
        "retention": None,
        "trainable_parameters": 1000,
        "saved_bytes": 4000,
        "latency_ms": 12.0,
        "tokens_per_second": None,
        "shots": None,
        "budget_overridden": False,
        "protocol_hash": "p",
        "comparable": True,
        "status": "ok",
        "reason": None,
    }
    return Row(
        family=family,
        recipe=recipe,
        score=None if score is None else ScoreCell(metric="accuracy", value=score, **interval),
        delta=delta if compared else None,
        rank=None if best is None else RankCell(may_be_best=best, first=1 if best else 2, last=9, p_best=0.5),
        memory=MemoryCell(train_peak_mb=memory_mb, score_peak_mb=None, kind="resident"),
        cost=CostCell(usd=usd, train_seconds=60.0, score_seconds=5.0, energy_wh=None),
        machine=machine or MachineCell(),
        **{**facts, **further},
    )


def invented_board(rows: Sequence[Row], *, profiles: Sequence[str] = ("cpu",)) -> Leaderboard:
    """A board of these rows with 95 % intervals."""
    protocol = Protocol(
        profiles=list(profiles),
        base_models=["tiny"],
        budget={"train_examples": 64},
        suites={},
        confidence=0.95,
        resamples=200,
        equivalence_margin=0.03,
        prices=PriceInfo(as_of="2026-01-01", currency="USD", source="a guess"),
        commits=[],
        dirty=False,
        devices=["2 cores"],
        sources=[],
    )
    return Leaderboard(protocol=protocol, findings={}, rows=list(rows))
