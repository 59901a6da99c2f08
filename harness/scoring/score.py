"""Verb `score`: a finished run -> score/scores.json and score/samples.parquet."""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.config.project import Project, RunKey
from harness.domains.prepared import PreparedDomain
from harness.errors import ConfigError, RunFailed, did_you_mean
from harness.measure.device import Device, detect_device
from harness.measure.energy import EnergyMeter
from harness.measure.memory import PeakMemory
from harness.measure.provenance import provenance
from harness.models.loaded import LoadedModel
from harness.pipeline.atomic_output import atomic_folder
from harness.pipeline.parent_watch import exit_with_parent
from harness.pipeline.quiet import quiet_libraries
from harness.scoring.contract import MAX_NEW_TOKENS, Sample, SuiteKind, SuiteRun, get_kind
from harness.scoring.protocol import protocol_hash
from harness.store.records import Cost, RunRecord, ScoreRecord, SuiteScore, read_record, write_record
from harness.training.attempt import attempt
from harness.training.registry import get_method
from harness.training.train import load_context, parse_run

Scored = list[tuple[SuiteScore, list[Sample]]]

SECOND_LANGUAGE = frozenset({"translate", "answer_foreign"})
"""Views with answers in the domain's second language."""


def main(argv: Sequence[str]) -> int:
    """`harness score FAMILY/RECIPE --domain D [--domain D2] --seed S`."""
    parser = argparse.ArgumentParser(prog="harness score", description=__doc__)
    project, key = parse_run(parser, argv)
    exit_with_parent()
    quiet_libraries()
    print(summary(score(project, key)))
    return 0


def score(project: Project, key: RunKey) -> ScoreRecord:
    """Ask the run's model every suite on every domain it was trained on.

    A failed run, or one that does not fit into memory now, gets a record with the reason, and no samples.

    Raises:
        DataError: the run or the domain is not there.
        ConfigError: a suite names a metric its kind does not compute.
    """
    run = read_record(RunRecord, project.run_folder(key) / "train/run.json")
    with atomic_folder(project.run_folder(key) / "score") as folder:
        if run.status == "failed":
            record = ScoreRecord(run_id=key.id, status="failed", reason=run.reason)
            write_record(record, folder / "scores.json")
            return record
        params = project.params
        domains = [PreparedDomain.open(project.prepared_folder(name)) for name in key.domains]
        device = detect_device(params.precision)
        energy, started = EnergyMeter(), time.perf_counter()
        with PeakMemory() as memory:
            scored, reason = attempt(lambda: _ask_all(project, key, domains=domains, device=device))
        seconds = time.perf_counter() - started
        record = ScoreRecord(
            run_id=key.id,
            status="ok" if scored is not None else "failed",
            reason=reason,
            suites=[suite for suite, _ in scored or []],
            memory=memory.result,
            cost=Cost(seconds=round(seconds, 3), energy_wh=energy.watt_hours()),
            provenance=provenance(project.root, device, config={"suites": params.suites}, domains=domains),
        )
        if scored is not None:
            write_samples(key.id, scored, folder / "samples.parquet")
        write_record(record, folder / "scores.json")
    return record


def _ask_all(project: Project, key: RunKey, *, domains: Sequence[PreparedDomain], device: Device) -> Scored:
    for name in project.params.suites:  # a wrong suite is told before a model is loaded
        suite, kind = project.suite(name), get_kind(project.suite(name).kind)
        if suite.metric not in kind.metrics:
            raise ConfigError(
                f'kind {suite.kind} has no metric "{suite.metric}"',
                where=f"data/suites/{name}.yaml",
                hint=did_you_mean(suite.metric, kind.metrics),
            )
    context = load_context(project, key, device=device)
    model = get_method(context.recipe.run.method).load(context)
    return [
        ask_suite(project, name, model=model, domain=domain) for domain in domains for name in project.params.suites
    ]


def ask_suite(
    project: Project, name: str, *, model: LoadedModel, domain: PreparedDomain
) -> tuple[SuiteScore, list[Sample]]:
    """One suite on one domain. Without a protocol hash the domain has no questions for it, whatever the model."""
    suite = project.suite(name)
    kind = get_kind(suite.kind)
    empty = SuiteScore(
        suite=name,
        domain=domain.name,
        kind=suite.kind,
        column=suite.column,
        primary=suite.metric,
        protocol_hash="",
        metrics={},
    )
    known = domain.questions(suite.view, "test") if suite.view in domain.meta["views"] else []
    questions = [question for question in known if kind.can_ask(question)]
    left_out = len(known) - len(questions)
    if not questions:
        wanted = f"{suite.view} with {kind.lacking}" if known else suite.view
        return empty.model_copy(update={"reason": f"the domain has no {wanted}"}), []
    run = SuiteRun(
        name,
        suite.view,
        questions[: suite.items],
        batch_size=project.params.scoring.batch_size,
        metric=suite.metric,
        max_new_tokens=suite.max_new_tokens or MAX_NEW_TOKENS,
        english=answers_in_english(domain, suite.view),
    )
    begun = empty.model_copy(update={"protocol_hash": protocol_hash(suite, kind=kind, domain=domain, run=run)})
    if model.ability not in kind.asks:
        return begun.model_copy(update={"reason": f"a model that gives {model.ability} only cannot be asked"}), []
    fewer = f"{left_out} of {len(known)} questions ({suite.view}) lack {kind.lacking} and were left out"
    done, samples = _answered(kind, model, run)
    return begun.model_copy(update={"reason": fewer if left_out else None} | done), samples


def _answered(kind: SuiteKind, model: LoadedModel, run: SuiteRun) -> tuple[dict[str, Any], list[Sample]]:
    """Fields of the record, and the samples; the reason alone if this one suite is too much for the model."""
    started = time.perf_counter()
    try:
        asked = kind.ask(model, run)
    except RunFailed as error:
        return {"reason": error.what}, []
    metrics = kind.aggregate(asked, run)
    seconds = round(time.perf_counter() - started, 3)
    return {"metrics": metrics, "seconds": seconds, "truncated": asked.truncated}, asked.samples


def answers_in_english(domain: PreparedDomain, view: str) -> bool:
    """Whether the rules for English words hold for the view's answers; not where a second language is among them."""
    return domain.meta.get("language") == "en" and view not in SECOND_LANGUAGE


def write_samples(run_id: str, scored: Scored, path: Path) -> None:
    """One row per item in the columns of SAMPLE_COLUMNS; the same rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, number = pa.string(), pa.float64()
    types = {"correct": number, "log_odds": number, "gold_loglikelihood": number, "loglikelihoods": pa.list_(number)}
    fields = [field.name for field in dataclasses.fields(Sample)]
    columns = {
        "run_id": pa.array([run_id for _, samples in scored for _ in samples], text),
        "suite": pa.array([suite.suite for suite, samples in scored for _ in samples], text),
        "domain": pa.array([suite.domain for suite, samples in scored for _ in samples], text),
    }
    for name in fields:
        values = [getattr(sample, name) for _, samples in scored for sample in samples]
        columns[name] = pa.array(values, types.get(name, text))
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)


def summary(record: ScoreRecord) -> str:
    """One line for the log of `dvc repro`."""
    if record.status == "failed":
        return f"{record.run_id}: no score: {record.reason}"
    parts = []
    for suite in record.suites:
        metric = suite.metrics.get(suite.primary)
        shown = f"{metric.value:.3f} (n = {metric.n})" if metric and metric.value is not None else "not applicable"
        parts.append(f"{suite.suite} {suite.primary} {shown}")
    seconds = f" in {record.cost.seconds:.0f} s" if record.cost else ""
    return f"{record.run_id}: scored{seconds}: {', '.join(parts)}"
