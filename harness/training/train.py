"""Train one run: (recipe, domains, seed) -> runs/<family>/<recipe>-<domains>-<seed>/train/."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from harness.config.project import Project, RunKey
from harness.config.recipe import Budget, Recipe
from harness.errors import ConfigError, RunFailed
from harness.items.prepared import PreparedDomain
from harness.measure.cost import hourly_price
from harness.measure.device import Device, prepare_device
from harness.measure.energy import EnergyMeter
from harness.measure.memory import PeakMemory
from harness.measure.phases import Phases
from harness.measure.provenance import provenance, stable_hash
from harness.records.run_record import Cost, Provenance, RunRecord, Training, read_record, write_record
from harness.runtime.atomic_output import atomic_folder
from harness.training.attempt import attempt
from harness.training.contract import LoadContext, TrainContext, TrainedModel, first_view
from harness.training.misfits import require_fit
from harness.training.parents import parent_runs
from harness.training.registry import base_role
from harness.training.training_curve import write_curve
from harness.training.unread_media import refuse_unread_media


def train(project: Project, key: RunKey) -> RunRecord:
    """Train the run and write its record. A training that fails (diverged, out of memory...) has a record as well.

    In a sequence only the last domain of `key` is learnt. The earlier ones are at hand for replay, and the training
    continues from the run of the step before (harness/training/parents.py).

    Raises:
        ConfigError, DataError: the training cannot start. This is found before anything expensive, and nothing is
            written.
    """
    recipe = project.recipe(key.recipe_id)
    method = require_fit(project, recipe)
    params = project.params
    budget = resolved_budget(params.budget, recipe)
    all_domains = opened(project, key.domains)
    earlier, new = (all_domains[:-1], all_domains[-1:]) if project.in_sequences(key.family) else ((), all_domains)
    others = opened(
        project, sorted(set(params.prepared_domains) - set(key.domains)) if method.reads_other_domains else ()
    )
    parents = parent_runs(project, key)
    device = prepare_device(params.precision)
    # raises an error for a GPU without a price, before hours of work
    hourly_price(device.kind, device.name, threads=device.threads, prices=params.prices)
    base_name = base_of(project, recipe)[1]
    config = {"run": recipe.run.model_dump(mode="json"), "budget": budget.model_dump(), "base": base_name}
    traced = provenance(
        project.root, device, config=config, domains=(*all_domains, *others), precision=device.training_precision
    )
    phases = Phases()
    with atomic_folder(project.run_folder(key) / "train") as folder:

        def run() -> TrainedModel:
            for domain in new if method.views else ():
                first_view(domain, method.views)  # refuses an unsuitable domain before a model is loaded
            refuse_unread_media(recipe, all_domains)
            load = load_context(project, key, device=device)
            own = {field.name: getattr(load, field.name) for field in dataclasses.fields(load)}
            return method.train(
                TrainContext(
                    **{**own, "folder": folder},
                    domains=new,
                    earlier_domains=earlier,
                    seed=key.seed,
                    budget=budget,
                    checkpoints=checkpoints,
                    checkpoint_minutes=params.checkpoint_minutes,
                    config_hash=_checkpoint_hash(project, key, traced),
                    phases=phases,
                    label=key.id,
                    others=others,
                )
            )

        checkpoints = project.root / "runs/.checkpoints" / key.id
        energy, started = EnergyMeter(), time.perf_counter()
        with PeakMemory() as memory:
            trained, reason = attempt(run)
        if reason:  # continuing from a checkpoint would fail again
            shutil.rmtree(checkpoints, ignore_errors=True)
        # a resumed run also took the time of the interrupted process
        seconds = max(time.perf_counter() - started, sum(phases.seconds.values()))
        record = RunRecord(
            run_id=key.id,
            family=key.family,
            recipe=key.recipe,
            domains=list(key.domains),
            parents={role: parent.id for role, parent in parents.items()},
            seed=key.seed,
            title=recipe.about.title,
            base_model=base_name,
            profile=params.profile,
            status="failed" if trained is None else "ok",
            reason=reason,
            budget=budget.model_dump(),
            budget_overridden=budget != params.budget,
            training=_training(trained, saved_bytes=folder_bytes(folder)) if trained else None,
            phases={name: round(value, 3) for name, value in phases.seconds.items()},
            memory=memory.result,
            cost=Cost(seconds=round(seconds, 3), energy_wh=energy.watt_hours()),
            provenance=traced,
        )
        write_record(record, folder / "run.json")
        write_curve(trained.curve if trained else [], folder / "curve.parquet")
    return record


def opened(project: Project, names: Sequence[str]) -> tuple[PreparedDomain, ...]:
    """Prepared domains by name.

    Raises:
        DataError: one of them is not prepared.
    """
    return tuple(PreparedDomain.open(project.prepared_folder(name)) for name in names)


def load_context(project: Project, key: RunKey, *, device: Device) -> LoadContext:
    """What is needed to load the run's model, its parents included.

    Raises:
        DataError: a parent has no record.
        RunFailed: a parent failed.
    """
    recipe = project.recipe(key.recipe_id)
    parents = {}
    for role, parent in parent_runs(project, key).items():
        done = read_record(RunRecord, project.run_folder(parent) / "train/run.json")
        if done.status == "failed":
            raise RunFailed(f"its parent {parent.id} failed: {done.reason}")
        parents[role] = load_context(project, parent, device=device)
    base, base_name = base_of(project, recipe)
    return LoadContext(
        folder=project.run_folder(key) / "train",
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
        notes=trained.notes,
        saved_bytes=saved_bytes,
    )


def _checkpoint_hash(project: Project, key: RunKey, traced: Provenance) -> str:
    """Hash of configuration, data, seed, code, and the records of the parent runs."""
    code = project.root / f"runs/code/recipes/{key.recipe_id}.json"
    records = [project.run_folder(parent) / "train/run.json" for parent in parent_runs(project, key).values()]
    files = [path.read_text(encoding="utf-8") for path in (code, *records) if path.is_file()]
    return stable_hash([traced.config_hash, traced.data_hash, traced.versions, key.seed, files])
