"""The facts about one run in titled blocks of (name, text), for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.config.project import Project
from harness.display.metrics import metric_text
from harness.display.numbers import UNKNOWN, byte_size, count, duration, megabytes, money
from harness.display.sparkline import sparkline
from harness.records.run_record import Memory, RunRecord, ScoreRecord, SuiteScore
from harness.reports.close_up.evidence import Evidence
from harness.reports.contract.rows import Row
from harness.reports.tables.cell_texts import delta_text, row_place_text, score_text
from harness.reports.tables.notes import notes_of
from harness.scoring.metric_registry import metric_spec
from harness.store.money import scoring_usd, training_usd


@dataclass(frozen=True)
class Block:
    """Facts of one kind."""

    title: str
    lines: list[tuple[str, str]]
    """Name, text."""


def blocks(project: Project, found: Evidence, row: Row | None) -> list[Block]:
    """All blocks with something in them. `row`: the row of the board that the run belongs to, where there is one.

    Raises:
        ConfigError: the recipe is broken, or the GPU of a record is not in the price table.
    """
    every = [
        Block("recipe", list(_recipe(project, found.run))),
        Block("data", list(_data(project, found.run))),
        Block("curve", list(_curve(found.curve))),
        *(
            Block(f"scores, {one.suites[0].protocol} protocol", list(_scores(one)))
            for one in found.scores
            if one.suites
        ),
        Block("on the board (reports/leaderboard.json)", list(_board(row))),
        Block("cost", list(_cost(project, found))),
        Block("provenance", list(_provenance(found.run))),
        Block("repeat it", list(_repeat(found))),
    ]
    return [block for block in every if block.lines]


def _recipe(project: Project, run: RunRecord) -> Iterator[tuple[str, str]]:
    recipe_id = f"{run.family}/{run.recipe}"
    yield "status", run.status if run.reason is None else f"{run.status}: {run.reason}"
    yield "base model", run.base_model or "none"
    if recipe_id in project.recipe_ids:
        recipe = project.recipe(recipe_id)
        yield "summary", recipe.about.summary
        yield "paper", recipe.about.paper or UNKNOWN
        yield "method", recipe.run.method
        for name, settings in (("options", recipe.run.options), ("peft", recipe.run.peft)):
            if settings:
                yield name, _settings(settings)
        if recipe.run.train:
            yield "training", _settings(recipe.run.train.model_dump(exclude_defaults=True))
        if recipe.tuned:
            yield "tuned", f"{recipe.tuned.parameter} {recipe.tuned.chosen:g} on {recipe.tuned.domain}"
    own = " (its own)" if run.budget_overridden else ""
    yield "budget", _settings(run.budget) + own
    if run.parents:
        yield "starts from", ", ".join(f"{role} {parent}" for role, parent in run.parents.items())


def _data(project: Project, run: RunRecord) -> Iterator[tuple[str, str]]:
    for name in run.domains:
        yield name, project.domain(name).summary if name in project.domain_names else "no longer in data/domains"
    training = run.training
    if training:
        yield "examples", f"{training.examples:,}"
        if training.steps:
            yield (
                "steps",
                f"{training.steps:,} with {training.tokens:,} tokens, {training.supervised_tokens:,} in the loss",
            )
            yield "cut", f"{training.truncated:,} examples were longer than the budget allows"
        yield "notes", _settings(training.notes)


def _curve(curve: Mapping[str, list[float]]) -> Iterator[tuple[str, str]]:
    """Losses and rewards; what only counts steps is left out."""
    for name, values in curve.items():
        if name not in ("epoch", "num_tokens") and len(values) > 1:
            yield name, f"{sparkline(values)}  {values[0]:.4g} to {values[-1]:.4g}, {len(values)} points"


def _scores(record: ScoreRecord) -> Iterator[tuple[str, str]]:
    for suite in record.suites:
        if suite.metrics:
            yield f"{suite.suite} on {suite.domain}", _score(suite)
    missing = [f"{suite.suite} ({suite.reason})" for suite in record.suites if not suite.metrics]
    if missing:
        yield "no score", "; ".join(missing)


def _score(suite: SuiteScore) -> str:
    first = {suite.primary: suite.metrics[suite.primary]} if suite.primary in suite.metrics else {}
    parts = []
    for name, metric in {**first, **suite.metrics}.items():
        if metric.value is None:
            continue
        spec = metric_spec(name)
        unit = " %" if spec.unit == "share" else f" {spec.unit}" if spec.unit == "nats" else ""
        parts.append(f"{name} {metric_text(metric.value, spec.unit, signed=spec.signed)}{unit}")
    asked = max(metric.n for metric in suite.metrics.values())
    return f"{', '.join(parts)} (n {asked})"


def _board(row: Row | None) -> Iterator[tuple[str, str]]:
    if row is None:
        return
    yield "score", f"{score_text(row)} %, {row_place_text(row)}" if row.score else score_text(row)
    if row.delta:
        yield f"against {row.delta.reference}", f"{delta_text(row.delta)} (points)"
    if len(row.seeds) > 1:
        yield "seeds", f"{', '.join(map(str, row.seeds))} pooled"
    if notes := notes_of(row):
        yield "notes", "; ".join(notes)


def _cost(project: Project, found: Evidence) -> Iterator[tuple[str, str]]:
    run, prices = found.run, project.params.prices
    yield (
        "training",
        f"{duration(run.cost.seconds)}, {_peak(run.memory)}, {prices.currency} {money(training_usd(run, prices))}",
    )
    if run.phases:
        yield "phases", ", ".join(f"{name} {duration(seconds)}" for name, seconds in run.phases.items())
    for score in found.scores:
        if score.cost:
            usd = money(scoring_usd(run, score, prices))
            yield "scoring", f"{duration(score.cost.seconds)}, {_peak(score.memory)}, {prices.currency} {usd}"
        if score.latency:
            latency = score.latency
            yield (
                "latency",
                f"first token {latency.first_token_ms:.0f} ms, then {latency.tokens_per_second:.0f} tokens/s",
            )
    if run.cost.busy:
        yield (
            "careful",
            f"other work took {100 * (run.cost.others_share or 0):.0f} % of the machine during the training",
        )
    if run.training:
        size = byte_size(run.training.saved_bytes)
        yield "parameters", f"{count(run.training.trainable_parameters)} trained, {size} saved"


def _peak(memory: Memory | None) -> str:
    if memory is None:
        return f"{UNKNOWN} memory"
    gpu = f", {megabytes(memory.cuda_reserved_mb)} on the GPU" if memory.cuda_reserved_mb else ""
    return f"{megabytes(memory.resident_mb)} of memory{gpu}"


def _provenance(run: RunRecord) -> Iterator[tuple[str, str]]:
    where = run.provenance
    yield "commit", (where.commit or UNKNOWN) + (", with uncommitted changes" if where.dirty else "")
    yield "measured on", f"{where.measured_on}, precision {where.precision}"
    yield "versions", ", ".join(f"{name} {version}" for name, version in where.versions.items())
    yield "configuration", where.config_hash
    yield "data", where.data_hash


def _repeat(found: Evidence) -> Iterator[tuple[str, str]]:
    run = found.run
    yield "compare with this record", f"harness verify {run.run_id}"
    if len(run.domains) == 1:
        target = f"{run.family}/{run.recipe} --domain {run.domains[0]} --seed {run.seed}"
        yield "measure again", f"harness repro {target} --force"
    if run.provenance.commit:
        yield "with the code of then", f"git checkout {run.provenance.commit[:12]}, then make setup"
    asked = next((suite.suite for score in found.scores for suite in score.suites if suite.metrics), None)
    if asked:
        yield "read the answers", f"harness samples {run.run_id} --suite {asked}"


def _settings(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in values.items()) or "none"


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
