"""One row of `runs` from the rows of the folds of a domain: means, highest values, or what all of them share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from harness.config.folds import by_fold
from harness.config.project import RunKey
from harness.measure.provenance import stable_hash
from harness.store.rows import Row

MEANS = (
    "tokens_per_second",
    "first_token_ms",
    "generated_per_second",
    "adapter_seconds",
    *(f"train_{what}{which}" for what in ("seconds", "usd", "energy_wh") for which in ("", "_with_parents")),
    "train_cpu_seconds",
    *(f"score_{what}" for what in ("seconds", "cpu_seconds", "usd", "energy_wh")),
)
"""Columns that say what one training takes. Null if one fold does not know it."""
COUNTS = ("examples", "steps", "tokens", "supervised_tokens", "truncated")
"""The same, as whole numbers."""
HIGHEST = (
    *("trainable_parameters", "total_parameters", "saved_bytes", "output_change"),
    *(f"{stage}_others_share" for stage in ("train", "score")),
    *(
        f"{stage}_{kind}_mb"
        for stage in ("train", "score")
        for kind in ("resident", "before", "cuda_allocated", "cuda_reserved")
    ),
)
ANY = ("budget_overridden", "dirty", "train_busy", "score_busy")


def pooled_run_row(runs: Sequence[Row], row: RunKey, *, folds: Sequence[RunKey]) -> Row:
    """The row of the domain. `runs`: rows of `runs`, one per fold, in the order of `folds`."""
    first, names = runs[0], [fold.domains[0] for fold in folds]
    failed = [run["failed_stage"] for run in runs if run["status"] == "failed"]
    pooled: Row = {column: _shared([run[column] for run in runs]) for column in first}
    pooled |= {column: _mean([run[column] for run in runs]) for column in MEANS}
    pooled |= {column: _whole(_mean([run[column] for run in runs])) for column in COUNTS}
    pooled |= {column: _known(max, [run[column] for run in runs]) for column in HIGHEST}
    pooled |= {column: _known(any, [run[column] for run in runs]) for column in ANY}
    phases = [dict(run["phases"] or {}) for run in runs]
    pooled |= {
        "run_id": row.id,
        "domains": list(row.domains),
        "parents": {role: _parent(run_id, names[0], row) for role, run_id in dict(first["parents"] or {}).items()},
        "status": "failed" if failed else "ok",
        "failed_stage": "train" if "train" in failed else "score" if failed else None,
        "reason": by_fold({name: run["reason"] for name, run in zip(names, runs, strict=True)}),
        "stale": by_fold({name: run["stale"] for name, run in zip(names, runs, strict=True)}),
        "parents_alike": _known(all, [run["parents_alike"] for run in runs]),
        "phases": {name: _mean([one.get(name) for one in phases]) for name in phases[0]},
        "data_hash": stable_hash([run["data_hash"] for run in runs]),
        "versions": first["versions"],
        "notes": _notes(runs, names, row),
    }
    return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in pooled.items()}


def _notes(runs: Sequence[Row], names: Sequence[str], row: RunKey) -> Row:
    """What all folds say, the mean of their examples by task, and the number of folds."""
    each = [json.loads(run["notes"] or "{}") for run in runs]
    found: Row = {key: value for key, value in each[0].items() if all(one.get(key) == value for one in each)}
    if "learnt_domains" in each[0]:
        own = dict.fromkeys(names, row.domains[0])
        found["learnt_domains"] = sorted({own.get(name, name) for one in each for name in one["learnt_domains"]})
    tasks: Mapping[str, int] = each[0].get("examples_by_task", {})
    if tasks:
        means = {task: _mean([one["examples_by_task"].get(task) for one in each]) for task in tasks}
        found["examples_by_task"] = {task: round(mean) for task, mean in means.items() if mean is not None}
    return found | {"folds": len(runs)}


def _parent(run_id: str, fold: str, row: RunKey) -> str:
    """`sft/full-tickets-0` for `sft/full-tickets_fold1-0`."""
    return run_id.replace(f"-{fold}-", f"-{row.domains[0]}-")


def _shared(values: Sequence[Any]) -> Any:
    """The value of all folds; different texts are listed, and of other different values nothing is left."""
    if all(value == values[0] for value in values):
        return values[0]
    texts = [value for value in dict.fromkeys(values) if value] if all(_is_text(value) for value in values) else []
    return "; ".join(texts) or None


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _known(of: Any, values: Sequence[Any]) -> Any:
    """`of` (max, any, all) the values that are known; null if none is."""
    known = [value for value in values if value is not None]
    return of(known) if known else None
