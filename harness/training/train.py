"""Verb `train`: (recipe, domain, seed) -> runs/<family>/<recipe>-<domain>-<seed>/train/."""

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
from harness.training.registry import base_role, get_method
from harness.training.unread_media import refuse_unread_media

CURVE_COLUMNS = ("step", "epoch", "loss", "learning_rate", "grad_norm")


def train(project: Project, key: RunKey) -> RunRecord:
    """Run it and write the record. A run that fails for a reason of its own is a record, too.

    Raises:
        ConfigError, DataError: it cannot start; told before anything expensive, nothing is written.
    """
    recipe = project.recipe(key.recipe_id)
    method = get_method(recipe.run.method)
    method.chosen_options(recipe)
    for _, refusal in method.refusals(recipe):
        raise refusal
    params = project.params
    budget = resolved_budget(params.budget, recipe)
    domains = opened(project, key.domains)
    others = opened(
        project, sorted(set(params.prepared_domains) - set(key.domains)) if method.reads_other_domains else ()
    )
    device = prepare_device(params.precision)
    # a GPU without a price is told now, not after hours
    hourly_price(device.kind, device.name, threads=device.threads, prices=params.prices)
    base_name = base_of(project, recipe)[1]
    config = {"run": recipe.run.model_dump(mode="json"), "budget": budget.model_dump(), "base": base_name}
    traced = provenance(
        project.root, device, config=config, domains=(*domains, *others), precision=device.training_precision
    )
    phases = Phases()
    with atomic_folder(project.run_folder(key) / "train") as folder:

        def run() -> TrainedModel:
            for domain in domains if method.views else ():
                first_view(domain, method.views)  # a domain it cannot learn from is told before a model is loaded
            refuse_unread_media(recipe, domains)
            load = load_context(project, key, device=device)
            own = {field.name: getattr(load, field.name) for field in dataclasses.fields(load)}
            return method.train(
                TrainContext(
                    **{**own, "folder": folder},
                    domains=domains,
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
        if reason:  # it would fail again from there
            shutil.rmtree(checkpoints, ignore_errors=True)
        # an interrupted and resumed run took more than this process did
        seconds = max(time.perf_counter() - started, sum(phases.seconds.values()))
        record = RunRecord(
            run_id=key.id,
            family=key.family,
            recipe=key.recipe,
            domains=list(key.domains),
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
        _write_curve(trained.curve if trained else [], folder / "curve.parquet")
    return record


def opened(project: Project, names: Sequence[str]) -> tuple[PreparedDomain, ...]:
    """Prepared domains by name.

    Raises:
        DataError: one of them is not prepared.
    """
    return tuple(PreparedDomain.open(project.prepared_folder(name)) for name in names)


def load_context(project: Project, key: RunKey, *, device: Device) -> LoadContext:
    """What the run's model needs to be loaded, its parents included.

    Raises:
        DataError: a parent has not run.
        RunFailed: a parent has failed.
    """
    recipe = project.recipe(key.recipe_id)
    parents = {}
    for role, parent_id in recipe.run.parents.items():
        parent = parent_key(project, key, parent_id)
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
    """Folder and name of the pretrained model that the recipe stands on; (None, None) if it needs none.

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


def parent_key(project: Project, child: RunKey, parent_id: str) -> RunKey:
    """The run of a parent recipe that a child starts from: the same domains and seed."""
    parent = project.recipe(parent_id)
    return RunKey(parent.family, parent.name, child.domains, child.seed)


def resolved_budget(budget: Budget, recipe: Recipe) -> Budget:
    """The board's budget with the recipe's overrides."""
    own = recipe.run.budget.model_dump(exclude_none=True)
    return budget.model_copy(update=own)


def folder_bytes(folder: Path) -> int:
    """Total size of the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def summary(record: RunRecord) -> str:
    """One line for the log of `dvc repro`."""
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
    """Configuration, data, seed, code, and the runs it starts from."""
    code = project.root / f"runs/code/recipes/{key.recipe_id}.json"
    parents = [parent_key(project, key, parent) for parent in project.recipe(key.recipe_id).run.parents.values()]
    records = [project.run_folder(parent) / "train/run.json" for parent in parents]
    files = [path.read_text(encoding="utf-8") for path in (code, *records) if path.is_file()]
    return stable_hash([traced.config_hash, traced.data_hash, traced.versions, key.seed, files])


def _write_curve(curve: Sequence[dict[str, float]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: pa.array([point.get(name) for point in curve], pa.float64()) for name in CURVE_COLUMNS}
    pq.write_table(pa.table(columns), path)
