"""Pool the seeds of one row: highest peak of memory, mean of time and money."""

from __future__ import annotations

import math
from typing import Any, Literal

from harness.reports.board.measured.groups import Group, Record
from harness.reports.board.rows.by_seed import by_seed
from harness.reports.board.rows.stale_rows import stale_text
from harness.reports.contract.rows import CostCell, MemoryCell


def run_facts(group: Group) -> dict[str, Any]:
    """The fields of a `Row` that come from the table `runs`, and not from scores."""
    runs = group.runs or group.failed
    family, _, recipe = group.recipe_id.partition("/")
    shots = [run["notes"]["shots"] for run in runs if isinstance(run["notes"].get("shots"), int)]
    return {
        "domain": group.domain,
        "domains": list(group.domains),
        "family": family,
        "recipe": recipe,
        "title": runs[0]["title"],
        "base_model": runs[0]["base_model"],
        "seeds": [run["seed"] for run in runs],
        "failed_seeds": [run["seed"] for run in group.failed],
        "folds": runs[0]["notes"].get("folds"),
        "memory": memory_of(runs),
        "cost": _cost(runs),
        "parents": sorted({parent for run in runs for parent in dict(run["parents"] or {}).values()}),
        "trainable_parameters": _highest(runs, "trainable_parameters"),
        "saved_bytes": _highest(runs, "saved_bytes"),
        "latency_ms": _mean([run["first_token_ms"] for run in runs]),
        "generated_per_second": _mean([run["generated_per_second"] for run in runs]),
        "adapter_seconds": _mean([run["adapter_seconds"] for run in runs]),
        "tokens_per_second": _mean([run["tokens_per_second"] for run in runs]),
        "shots": max(shots, default=None),
        "trials": 0 if any(run["steps"] for run in runs) else None,
        "examples_by_task": runs[0]["notes"].get("examples_by_task", {}),
        "budget": dict(runs[0]["budget"] or {}),
        "budget_overridden": any(run["budget_overridden"] for run in runs),
        "status": "ok" if group.runs else "failed",
        "reason": _reasons(group.failed),
        "stale": stale_text({run["seed"]: run["stale"] for run in [*group.runs, *group.failed]}),
    }


def memory_of(runs: list[Record]) -> MemoryCell:
    """The highest peaks of these runs."""
    # libraries report 0 where a process has not used the GPU: such a run is measured by its resident memory
    on_gpu = any(run["train_cuda_reserved_mb"] or run["score_cuda_reserved_mb"] for run in runs)
    kind: Literal["cuda_reserved", "resident"] = "cuda_reserved" if on_gpu else "resident"
    train, score = _highest(runs, f"train_{kind}_mb"), _highest(runs, f"score_{kind}_mb")
    known = train is not None or score is not None
    return MemoryCell(train_peak_mb=train, score_peak_mb=score, kind=kind if known else None)


def _cost(runs: list[Record]) -> CostCell:
    return CostCell(
        usd=_mean([_sum(run["train_usd"], run["score_usd"]) for run in runs]),
        train_seconds=_mean([run["train_seconds"] for run in runs]),
        score_seconds=_mean([run["score_seconds"] for run in runs]),
        energy_wh=_mean([_sum(run["train_energy_wh"], run["score_energy_wh"]) for run in runs]),
        usd_with_parents=_mean_of_all([_sum(run["train_usd_with_parents"], run["score_usd"]) for run in runs]),
        train_seconds_with_parents=_mean_of_all([run["train_seconds_with_parents"] for run in runs]),
    )


def _reasons(failed: list[Record]) -> str | None:
    """`seeds 1, 2: out of memory`; null if no seed failed."""
    where = {"score": " (in scoring)"}
    return by_seed(
        (run["seed"], (run["reason"] or "no reason was recorded") + where.get(run["failed_stage"], ""))
        for run in failed
    )


def _highest(runs: list[Record], field: str) -> Any:
    return max((run[field] for run in runs if run[field] is not None), default=None)


def _sum(train: float | None, score: float | None) -> float | None:
    return None if train is None else train + (score or 0.0)


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def _mean_of_all(values: list[float | None]) -> float | None:
    """Null as soon as one value is unknown: a sum that lacks a parent must not lower the mean."""
    return None if None in values else _mean(values)
