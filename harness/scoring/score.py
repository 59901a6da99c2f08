"""Verb `score`: the weights of a run -> score/scores.json and score/samples.parquet among its records.

The wide protocol writes the same files into wide/.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from harness.config.params import DEFAULT, WIDE, ProtocolName
from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError, did_you_mean
from harness.items.prepared import PreparedDomain
from harness.measure.device import Device, prepare_device
from harness.measure.device_used import device_used
from harness.measure.memory import PeakMemory, free_cached_memory
from harness.measure.phase_cost import CostMeter
from harness.measure.provenance import provenance
from harness.models.base_roles import BASE_ROLES
from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel
from harness.records.outcome import read_outcome
from harness.records.run_record import Latency, ScoreRecord, SuiteScore, write_record
from harness.runtime.atomic_output import atomic_folder
from harness.scoring.ask import Subject, ask_suite
from harness.scoring.ask_official import ask_official
from harness.scoring.contract import Sample, get_kind
from harness.scoring.kept.keeping import find_kept, kept_latency, with_kept_costs
from harness.scoring.kept.previous import Previous, read_previous
from harness.scoring.kept.result_hash import ResultHashes
from harness.scoring.latency import measure_latency
from harness.scoring.stored_samples import write_samples
from harness.training.contract import LoadContext
from harness.training.refusals.attempt import OUT_OF_MEMORY, attempt
from harness.training.registry import base_role, get_method
from harness.training.train import load_context

Scored = list[tuple[SuiteScore, list[Sample]]]

TIMED_PROMPTS, TIMED_TOKENS = 5, 16
"""Number of prompts, and of new tokens per prompt, for the latency: a few seconds of work without a GPU."""


FOLDERS: dict[ProtocolName, str] = {DEFAULT: "score", WIDE: "wide"}
"""Protocol -> folder of its record, below that of the run."""


def score(project: Project, key: RunKey, *, keep: bool = False, protocol: ProtocolName = DEFAULT) -> ScoreRecord:
    """Score the run's model on every suite of the protocol, for every domain that it learnt; in a sequence also for the
    later ones. The wide protocol keeps no earlier results.

    A failed run, or a model that does not fit into memory, gets a record with the reason and no samples. A suite in
    which memory runs out has an empty cell with the reason, and the other suites are scored.

    `keep`: keep those results of the run's earlier record that would come out equal (harness/scoring/kept/), and ask
    the other suites only.

    Raises:
        DataError: the weights of the run are not here, or the domain is not prepared.
        ConfigError: a suite names a metric that its kind does not compute.
    """
    run = read_outcome(project.run_folder(key))
    target = project.record_folder(key) / FOLDERS[protocol]
    previous = read_previous(target) if keep and protocol == DEFAULT else Previous()
    with atomic_folder(target) as folder:
        if run.status == "failed":
            record = ScoreRecord(run_id=key.id, status="failed", reason=run.reason)
            write_record(record, folder / "scores.json")
            return record
        params = project.params
        domains = [PreparedDomain.open(project.prepared_folder(name)) for name in project.scored_domains(key)]
        device = prepare_device(params.precision)
        meter = CostMeter()
        with PeakMemory() as memory:
            asked, reason = attempt(
                lambda: _ask_all(project, key, domains=domains, device=device, previous=previous, protocol=protocol)
            )
        used = device_used(device, gpu_used=memory.gpu_used or (reason or "").startswith(OUT_OF_MEMORY))
        record = ScoreRecord(
            run_id=key.id,
            status="ok" if asked else "failed",
            reason=reason,
            suites=[suite for suite, _ in asked.scored] if asked else [],
            latency=asked.latency if asked else None,
            adapter_seconds=asked.adapter_seconds if asked else None,
            memory=memory.result,
            cost=meter.cost(used),
            provenance=provenance(
                project.root,
                used,
                machine=device.name,
                config={"suites": params.suites_of(protocol)},
                domains=domains,
                precision=used.dtype,
            ),
        )
        record = with_kept_costs(record, previous)
        if asked:
            write_samples(key.id, asked.scored, folder / "samples.parquet")
        write_record(record, folder / "scores.json")
    return record


@dataclass(frozen=True)
class Answered:
    """All results of one model."""

    scored: Scored
    latency: Latency | None = None
    adapter_seconds: float | None = None


def _ask_all(
    project: Project,
    key: RunKey,
    *,
    domains: Sequence[PreparedDomain],
    device: Device,
    previous: Previous,
    protocol: ProtocolName,
) -> Answered:
    require_metrics(project)  # a wrong suite is reported before a model is loaded
    context = load_context(project, key, device=device)
    model = get_method(context.recipe.run.method).load(context)
    base = _base(context)
    subjects = [Subject(model, domain, base=base, precision=device.dtype, protocol=protocol) for domain in domains]
    hashes = ResultHashes(project, context, device=device)
    kept = find_kept(project, subjects, hashes=hashes, previous=previous)
    scored: Scored = []
    for subject in subjects:
        samples: dict[str, list[Sample]] = {}
        if protocol == WIDE:
            samples = _asked_before(project, key, subject.domain.name)
        for name in project.params.suites_of(protocol):
            result = kept.results.get((name, subject.domain.name))
            if result is None:
                suite, answers = ask_suite(project, name, subject=subject, earlier=samples)
                result = kept.hashed(suite, answers), answers
                free_cached_memory()
            scored.append(result)
            samples[name] = result[1]
    if protocol == WIDE:
        return Answered(scored)
    scored += ask_official(project, model, domains, precision=device.dtype)
    if not isinstance(model, LanguageModel):
        return Answered(scored)
    # not measured if memory runs out
    latency, _ = attempt(lambda: _latency(model, domains[0], hashes=hashes, previous=previous))
    return Answered(scored, latency=latency, adapter_seconds=model.adapter_seconds)


def _asked_before(project: Project, key: RunKey, domain: str) -> dict[str, list[Sample]]:
    """Suite -> samples of the default protocol, with which suites of the wide one may be compared (`against`).

    Raises:
        DataError: the run was not scored by the default protocol yet.
    """
    import pyarrow.parquet as pq

    path = project.record_folder(key) / FOLDERS[DEFAULT] / "samples.parquet"
    if not path.is_file():
        hint = f"run `harness score {key.recipe_id}` first, without --protocol"
        raise DataError("the run was not scored by the default protocol", where=str(path), hint=hint)
    fields = [field.name for field in dataclasses.fields(Sample)]
    found: dict[str, list[Sample]] = {}
    for row in pq.read_table(path).to_pylist():
        if row["domain"] == domain:
            found.setdefault(row["suite"], []).append(Sample(**{name: row[name] for name in fields}))
    return found


def _latency(
    model: LanguageModel, domain: PreparedDomain, *, hashes: ResultHashes, previous: Previous
) -> Latency | None:
    """The latency on the first test questions of the domain's main view, which are the same for every run."""
    view = domain.main_view
    questions = domain.questions(view, "test", limit=TIMED_PROMPTS) if view else []
    if view is None or not questions:
        return None
    prompts = [model.encode_prompt(question, view=view) for question in questions]
    result_hash = hashes.of_latency([prompt.tokens for prompt in prompts], timing=(TIMED_TOKENS,))
    earlier = kept_latency(previous, result_hash)
    if earlier:
        return earlier
    measured = measure_latency(model, prompts, new_tokens=TIMED_TOKENS, repeats=1)
    return measured.model_copy(update={"result_hash": result_hash})


def require_metrics(project: Project) -> None:
    """Refuse suites whose metrics their kind does not compute, or by whose first metric recipes cannot be ranked.

    Raises:
        ConfigError: it names the suite and the metric.
    """
    for name in project.params.all_suites:
        suite, kind = project.suite(name), get_kind(project.suite(name).kind)
        for metric in (suite.metric, *suite.also):
            if metric not in kind.metrics:
                raise ConfigError(
                    f'kind {suite.kind} has no metric "{metric}"',
                    where=f"data/suites/{name}.yaml",
                    hint=did_you_mean(metric, kind.metrics),
                )
        reason = kind.metrics[suite.metric].cannot_lead(suite.column)
        if reason:
            raise ConfigError(
                f'recipes cannot be ranked by "{suite.metric}": {reason}',
                where=f"data/suites/{name}.yaml: metric",
                hint="name another metric, and this one under `also`",
            )


def _base(context: LoadContext) -> Callable[[], LanguageModel] | None:
    """Loads the pretrained model, if it is a language model that the run can be compared with."""
    role = base_role(context.recipe)
    if context.base is None or role is None or not BASE_ROLES[role].writes_text:
        return None
    return partial(load_folder, context.base, context.device, role=BASE_ROLES[role])


def summary(record: ScoreRecord) -> str:
    """One line for the log of `dvc repro`."""
    if record.status == "failed":
        return f"{record.run_id}: no score: {record.reason}"
    parts = []
    for suite in record.suites:
        metric = suite.metrics.get(suite.primary)
        if metric and metric.value is not None:
            parts.append(f"{suite.suite} {suite.primary} {metric.value:.3f} (n = {metric.n})")
    out_of_memory = sum((suite.reason or "").startswith(OUT_OF_MEMORY) for suite in record.suites)
    not_applicable = len(record.suites) - len(parts) - out_of_memory
    if not_applicable:
        parts.append(f"{not_applicable} suites not applicable")
    if out_of_memory:
        parts.append(f"{out_of_memory} suites out of memory")
    kept = sum(suite.kept_from is not None for suite in record.suites)
    if kept:
        parts.append(f"{kept} suites kept from the earlier scoring")
    seconds = f" in {record.cost.seconds - record.kept_seconds:.0f} s" if record.cost else ""
    return f"{record.run_id}: scored{seconds}: {', '.join(parts)}"
