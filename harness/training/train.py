"""Train one run: (recipe, domains, seed) -> its weights in runs/, and its record in reports/records/."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.config.project import Project, RunKey
from harness.config.recipe import Budget, Recipe
from harness.errors import ConfigError, RunFailed
from harness.items.prepared import PreparedDomain
from harness.measure.cost import hourly_price
from harness.measure.device import Device, prepare_device
from harness.measure.device_used import device_used
from harness.measure.memory import PeakMemory
from harness.measure.phase_cost import CostMeter
from harness.measure.phases import Phases
from harness.measure.provenance import provenance, stable_hash
from harness.records.outcome import Outcome, read_outcome, write_outcome
from harness.records.run_record import Provenance, RunRecord, Training, write_record
from harness.runtime.atomic_output import atomic_folder
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel, first_view
from harness.training.parents import parent_runs
from harness.training.refusals.attempt import OUT_OF_MEMORY, attempt
from harness.training.refusals.misfits import require_fit
from harness.training.refusals.unread_media import refuse_unread_media
from harness.training.registry import base_role
from harness.training.training_curve import CURVE_FILE, CurvePoint, write_curve


def train(project: Project, key: RunKey) -> RunRecord:
    """Train the run and write its weights and its record. A training that fails (diverged...) has a record as well.

    In a sequence only the last domain of `key` is learnt. The earlier ones are at hand for replay, and the training
    continues from the run of the step before (harness/training/parents.py).

    Raises:
        ConfigError, DataError: the training cannot start. This is found before anything expensive, and nothing is
            written.
    """
    record, curve = train_model(project, key)
    with atomic_folder(project.record_folder(key) / "train") as folder:
        write_record(record, folder / "run.json")
        if curve:
            write_curve(curve, folder / CURVE_FILE)
    return record


def train_model(project: Project, key: RunKey) -> tuple[RunRecord, list[CurvePoint]]:
    """Train the run and write its weights, but not its record; the record and the curve of the training.

    Raises:
        ConfigError, DataError: as `train`.
    """
    job = _job(project, key)
    checkpoints, phases = project.checkpoint_folder(key), Phases()
    with atomic_folder(project.run_folder(key)) as folder:
        meter = CostMeter()
        with PeakMemory() as memory:
            trained, reason = attempt(
                lambda: job.method.train(_context(project, job, folder=folder, checkpoints=checkpoints, phases=phases))
            )
        if reason:  # continuing from a checkpoint would fail again
            shutil.rmtree(checkpoints, ignore_errors=True)
            shutil.rmtree(folder)  # what was saved before the failure depends on chance
            folder.mkdir()
        used = device_used(job.device, gpu_used=memory.gpu_used or (reason or "").startswith(OUT_OF_MEMORY))
        record = RunRecord(
            **_facts(project, job, used=used),
            status="failed" if trained is None else "ok",
            reason=reason,
            training=_training(trained, saved_bytes=folder_bytes(folder)) if trained else None,
            phases={name: round(value, 3) for name, value in phases.seconds.items()},
            memory=memory.result,
            # a resumed run also took the time of the interrupted process
            cost=meter.cost(used, at_least=sum(phases.seconds.values())),
        )
        write_outcome(Outcome(run_id=key.id, status=record.status, reason=reason), folder)
    return record, list(trained.curve) if trained else []


@dataclass(frozen=True)
class _Job:
    """One training, checked and ready to start."""

    key: RunKey
    recipe: Recipe
    method: Method
    budget: Budget
    domains: tuple[PreparedDomain, ...]
    """All domains of the run, in its order."""
    learnt: tuple[PreparedDomain, ...]
    """Those that this training learns: in a sequence the last one, else all."""
    others: tuple[PreparedDomain, ...]
    """The other prepared domains, if the method reads them."""
    parents: Mapping[str, RunKey]
    device: Device
    base_name: str | None
    traced: Provenance


def _job(project: Project, key: RunKey) -> _Job:
    """Check everything that can be checked without a model.

    Raises:
        ConfigError, DataError: as `train`.
    """
    recipe, params = project.recipe(key.recipe_id), project.params
    method = require_fit(project, recipe)
    budget = resolved_budget(params.budget, recipe)
    domains = opened(project, key.domains)
    further = sorted(set(params.prepared_domains) - set(key.domains)) if method.reads_other_domains else ()
    others = opened(project, further)
    parents = parent_runs(project, key)
    device = prepare_device(params.precision)
    # raises an error for a GPU without a price, before hours of work
    hourly_price(device.kind, device.name, threads=device.threads, prices=params.prices)
    base_name = base_of(project, recipe)[1]
    config = {"run": recipe.run.model_dump(mode="json"), "budget": budget.model_dump(), "base": base_name}
    return _Job(
        key=key,
        recipe=recipe,
        method=method,
        budget=budget,
        domains=domains,
        learnt=domains[-1:] if project.in_sequences(key.family) else domains,
        others=others,
        parents=parents,
        device=device,
        base_name=base_name,
        traced=provenance(
            project.root, device, config=config, domains=(*domains, *others), precision=device.training_precision
        ),
    )


def _context(project: Project, job: _Job, *, folder: Path, checkpoints: Path, phases: Phases) -> TrainContext:
    """What the method receives; `folder` is the temporary one that it saves into.

    Raises:
        RunFailed: the method cannot learn from a domain, or a parent failed. Found before a model is loaded.
    """
    for domain in job.learnt if job.method.views else ():
        first_view(domain, job.method.views)
    refuse_unread_media(job.recipe, job.domains)
    load = load_context(project, job.key, device=job.device)
    own = {field.name: getattr(load, field.name) for field in dataclasses.fields(load)}
    return TrainContext(
        **{**own, "folder": folder},
        domains=job.learnt,
        earlier_domains=job.domains[: len(job.domains) - len(job.learnt)],
        seed=job.key.seed,
        budget=job.budget,
        checkpoints=checkpoints,
        checkpoint_minutes=project.params.checkpoint_minutes,
        config_hash=_checkpoint_hash(project, job.key, job.traced),
        phases=phases,
        label=job.key.id,
        others=job.others,
    )


def _facts(project: Project, job: _Job, *, used: Device) -> dict[str, Any]:
    """The part of the record that does not depend on how the training ended. `used`: the device that computed."""
    device = {"device_kind": used.kind, "device": used.name, "gpus": used.gpus, "precision": used.training_precision}
    return {
        "run_id": job.key.id,
        "family": job.key.family,
        "recipe": job.key.recipe,
        "domains": list(job.key.domains),
        "parents": {role: parent.id for role, parent in job.parents.items()},
        "seed": job.key.seed,
        "title": job.recipe.about.title,
        "base_model": job.base_name,
        "profile": project.params.profile,
        "budget": job.budget.model_dump(),
        "budget_overridden": job.budget != project.params.budget,
        "provenance": job.traced.model_copy(update=device),
    }


def opened(project: Project, names: Sequence[str]) -> tuple[PreparedDomain, ...]:
    """Prepared domains by name.

    Raises:
        DataError: one of them is not prepared.
    """
    return tuple(PreparedDomain.open(project.prepared_folder(name)) for name in names)


def load_context(project: Project, key: RunKey, *, device: Device) -> LoadContext:
    """What is needed to load the run's model, its parents included.

    Raises:
        DataError: the weights of a parent are not here.
        RunFailed: a parent failed.
    """
    recipe = project.recipe(key.recipe_id)
    parents = {}
    for role, parent in parent_runs(project, key).items():
        done = read_outcome(project.run_folder(parent))
        if done.status == "failed":
            raise RunFailed(f"its parent {parent.id} failed: {done.reason}")
        parents[role] = load_context(project, parent, device=device)
    base, base_name = base_of(project, recipe)
    return LoadContext(
        folder=project.run_folder(key),
        recipe=recipe,
        base=base,
        base_name=base_name,
        parents=parents,
        device=device,
    )


def base_of(project: Project, recipe: Recipe) -> tuple[Path | None, str | None]:
    """Folder and name of the recipe's pretrained model; (None, None) if it needs none.

    Raises:
        ConfigError: params.yaml has no model for that role, or the method cannot start from it.
    """
    role = base_role(recipe)
    if role is None:
        return None, None
    specs = project.params.base_models
    if role not in specs:
        raise ConfigError(
            f'no base model for the role "{role}", which {recipe.id} needs',
            where="params.yaml: base_models",
        )
    return project.base_folder(role), specs[role].name


def resolved_budget(budget: Budget, recipe: Recipe) -> Budget:
    """The budget of the settings, changed by the recipe's overrides."""
    own = recipe.run.budget.model_dump(exclude_none=True)
    return budget.model_copy(update=own)


def folder_bytes(folder: Path) -> int:
    """Total size of the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def summary(record: RunRecord) -> str:
    """One line about the training for the log of `dvc repro`."""
    if record.status == "failed":
        return f"{record.run_id}: FAILED after {record.cost.seconds:.0f} s: {record.reason}"
    memory = f", peak {record.memory.resident_mb / 1000:.2f} GB" if record.memory else ""
    trained = record.training
    steps = f", {trained.steps} steps on {trained.examples} examples" if trained and trained.steps else ""
    return f"{record.run_id}: trained in {record.cost.seconds:.0f} s{steps}{memory}"


def _training(trained: TrainedModel, *, saved_bytes: int) -> Training:
    fields = ("trainable_parameters", "total_parameters", "examples", "steps", "tokens", "supervised_tokens")
    return Training(
        **{name: getattr(trained, name) for name in fields},
        truncated=trained.truncated,
        output_change=trained.output_change,
        cpu_phases=list(trained.cpu_phases),
        notes=trained.notes,
        saved_bytes=saved_bytes,
    )


def _checkpoint_hash(project: Project, key: RunKey, traced: Provenance) -> str:
    """Hash of configuration, data, seed, code, and the records of the parent runs."""
    code = project.root / f"runs/code/recipes/{key.recipe_id}.json"
    records = [project.record_folder(parent) / "train/run.json" for parent in parent_runs(project, key).values()]
    files = [path.read_text(encoding="utf-8") for path in (code, *records) if path.is_file()]
    return stable_hash([traced.config_hash, traced.data_hash, traced.versions, key.seed, files])
