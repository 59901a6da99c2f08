"""From records to rows of the store: pure functions, one per table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.config.params import Params, Prices
from harness.config.recipe import Recipe
from harness.records.run_record import Cost, Memory, RunRecord, ScoreRecord
from harness.store.ancestry import cost_with_parents
from harness.store.money import scoring_usd, training_usd

Row = dict[str, Any]


def run_row(run: RunRecord, score: ScoreRecord, *, older: list[RunRecord] | None, prices: Prices) -> Row:
    """One row of `runs`; a run failed if its training or its scoring failed.

    `older`: all runs that this run starts from (`ancestry.ancestors`); null if the record of one is missing.

    Raises:
        ConfigError: a GPU is not in the price table.
    """
    failed = "train" if run.status == "failed" else "score" if score.status == "failed" else None
    row = run.model_dump(include={"run_id", "family", "recipe", "domains", "seed", "title", "base_model", "profile"})
    row |= {
        "recipe": f"{run.family}/{run.recipe}",
        "parents": _json(run.parents),
        "status": "failed" if failed else "ok",
        "failed_stage": failed,
        "reason": {"train": run.reason, "score": score.reason, None: None}[failed],
        "budget": _json(run.budget),
        "budget_overridden": run.budget_overridden,
        "tokens_per_second": run.tokens_per_second,
        "phases": _json(run.phases),
    }
    if run.training:
        row |= run.training.model_dump(exclude={"notes"})
        row["notes"] = _json(run.training.notes)
    if score.latency:
        row["first_token_ms"] = score.latency.first_token_ms
        row["generated_per_second"] = score.latency.tokens_per_second
    row["adapter_seconds"] = score.adapter_seconds
    row |= _measured("train", memory=run.memory, cost=run.cost, usd=training_usd(run, prices))
    row |= _measured("score", memory=score.memory, cost=score.cost, usd=scoring_usd(run, score, prices))
    row |= cost_with_parents(run, older, prices=prices)
    row |= run.provenance.model_dump(exclude={"versions"})
    row["train_measured_on"] = run.provenance.measured_on
    if score.cost:
        scored_by = score.provenance or run.provenance
        row |= {"score_device_kind": scored_by.device_kind, "score_device": scored_by.device}
        row["score_measured_on"] = scored_by.measured_on
    row["machine"] = run.provenance.machine or run.provenance.device
    row["versions"] = _json(run.provenance.versions)
    return row


def suite_rows(score: ScoreRecord) -> Iterator[Row]:
    """Rows of `suites`."""
    for suite in score.suites:
        yield {
            "run_id": score.run_id,
            "suite": suite.suite,
            "domain": suite.domain,
            "kind": suite.kind,
            "board_column": suite.column,
            "primary_metric": suite.primary,
            "protocol": suite.protocol,
            "protocol_hash": suite.protocol_hash,
            "seconds": suite.seconds,
            "truncated": suite.truncated,
            "reason": suite.reason,
        }


def score_rows(score: ScoreRecord) -> Iterator[Row]:
    """Rows of `scores`."""
    for suite in score.suites:
        for name, metric in suite.metrics.items():
            yield {
                "run_id": score.run_id,
                "suite": suite.suite,
                "domain": suite.domain,
                "metric": name,
                "value": metric.value,
                "n": metric.n,
            }


def trial_rows(recipe: Recipe) -> Iterator[Row]:
    """Rows of `trials`; empty for a recipe that was not tuned."""
    tuned = recipe.tuned
    if tuned is None:
        return
    for trial in tuned.trials:
        yield {
            "recipe": recipe.id,
            "family": recipe.family,
            "domain": tuned.domain,
            "seed": tuned.seed,
            "parameter": tuned.parameter,
            "value": float(trial.value),
            "status": "failed" if trial.failed else "ok",
            "reason": trial.failed,
            "metric": tuned.metric,
            "validation_score": trial.validation_score,
            "n": None if trial.failed else tuned.items,
            "seconds": trial.seconds,
            "chosen": trial.value == tuned.chosen,
            "tuned_on": tuned.on.isoformat(),
            "base_model": tuned.base_model,
        }


def _measured(stage: str, *, memory: Memory | None, cost: Cost | None, usd: float | None) -> Row:
    fields = memory.model_dump() if memory else {}
    if cost:
        fields |= cost.model_dump() | {"usd": usd}
    return {f"{stage}_{name}": value for name, value in fields.items()}


def _json(mapping: Mapping[str, Any]) -> str:
    return json.dumps(mapping, sort_keys=True)


def sequence_rows(params: Params, families: Iterable[str]) -> Iterator[Row]:
    """Rows of `sequence_tasks` for the families that learn the sequences of `params`."""
    for family in families:
        for sequence, tasks in params.sequences.items():
            for place, task in enumerate(tasks, start=1):
                part = params.slices.get(task)
                yield {
                    "family": family,
                    "sequence": sequence,
                    "tasks": list(tasks),
                    "place": place,
                    "task": task,
                    "domain": part.of if part else task,
                    "labels": part.labels if part else None,
                    "clusters": part.clusters if part else None,
                }
