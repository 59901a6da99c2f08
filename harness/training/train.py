"""Verb `train`: (recipe, domain, seed) -> runs/<family>/<recipe>-<domain>-<seed>/train/."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.config.project import Project, RunKey
from harness.config.recipe import Budget, Recipe
from harness.domains.prepared import PreparedDomain
from harness.errors import ConfigError, DataError, RunFailed
from harness.measure.cost import hourly_price
from harness.measure.device import Device, detect_device
from harness.measure.energy import EnergyMeter
from harness.measure.memory import PeakMemory
from harness.measure.phases import Phases
from harness.measure.provenance import provenance
from harness.pipeline.atomic_output import atomic_folder
from harness.pipeline.parent_watch import exit_with_parent
from harness.pipeline.quiet import quiet_libraries
from harness.store.records import Cost, RunRecord, Training, read_record, write_record
from harness.training.contract import LoadContext, Method, TrainContext, TrainedModel
from harness.training.registry import get_method

CURVE_COLUMNS = ("step", "epoch", "loss", "learning_rate", "grad_norm")


def main(argv: Sequence[str]) -> int:
    """`harness train FAMILY/RECIPE --domain D [--domain D2] --seed S`."""
    parser = argparse.ArgumentParser(prog="harness train", description=__doc__)
    parser.add_argument("recipe", help="family/recipe, as in recipes/")
    parser.add_argument("--domain", action="append", required=True, help="repeat it to train on several, in order")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    exit_with_parent()
    quiet_libraries()
    project = Project.here()
    recipe = project.recipe(options.recipe)
    record = train(project, RunKey(recipe.family, recipe.name, tuple(options.domain), options.seed))
    print(summary(record))
    return 0


def train(project: Project, key: RunKey) -> RunRecord:
    """Run it and write the record. A run that fails for a reason of its own is a record, too.

    Raises:
        ConfigError, DataError: it cannot start; told before anything expensive, nothing is written.
    """
    recipe = project.recipe(key.recipe_id)
    method = get_method(recipe.run.method)
    method.chosen_options(recipe)
    params = project.params
    budget = resolved_budget(params.budget, recipe)
    domains = tuple(PreparedDomain.open(project.prepared_folder(name)) for name in key.domains)
    _require_training_items(domains, method)
    device = detect_device(params.precision)
    # a GPU without a price is told now, not after hours
    hourly_price(device.kind, device.name, threads=device.threads, prices=params.prices)
    load = load_context(project, key, device=device)
    phases = Phases()
    with atomic_folder(project.run_folder(key) / "train") as folder:
        context = TrainContext(
            folder=folder,
            recipe=recipe,
            base=load.base,
            base_name=load.base_name,
            parents=load.parents,
            device=device,
            domains=domains,
            seed=key.seed,
            budget=budget,
            checkpoints=project.root / "runs/.checkpoints" / key.id,
            checkpoint_minutes=params.checkpoint_minutes,
            phases=phases,
            label=key.id,
        )
        energy = EnergyMeter()
        started = time.perf_counter()
        with PeakMemory() as memory:
            trained, reason = _attempt(method, context)
        # an interrupted and resumed run took more than this process did
        seconds = max(time.perf_counter() - started, sum(phases.seconds.values()))
        record = RunRecord(
            run_id=key.id,
            family=key.family,
            recipe=key.recipe,
            domains=list(key.domains),
            seed=key.seed,
            title=recipe.about.title,
            base_model=load.base_name,
            profile=params.profile,
            status="failed" if trained is None else "ok",
            reason=reason,
            budget=budget.model_dump(),
            budget_overridden=budget != params.budget,
            training=_training(trained, saved_bytes=folder_bytes(folder)) if trained else None,
            phases={name: round(value, 3) for name, value in phases.seconds.items()},
            memory=memory.result,
            cost=Cost(seconds=round(seconds, 3), energy_wh=energy.watt_hours()),
            provenance=provenance(project.root, device, config=_config(recipe, budget, load), domains=domains),
        )
        write_record(record, folder / "run.json")
        _write_curve(trained.curve if trained else [], folder / "curve.parquet")
    return record


def load_context(project: Project, key: RunKey, *, device: Device) -> LoadContext:
    """What the run's model needs to be loaded, its parents included.

    Raises:
        DataError: a parent has not run, or has failed.
    """
    recipe = project.recipe(key.recipe_id)
    role = get_method(recipe.run.method).base
    specs = project.params.base_models
    if role is not None and role not in specs:
        raise ConfigError(
            f'no base model for the role "{role}", which method {recipe.run.method} needs',
            where="params.yaml: base_models",
        )
    parents = {}
    for name, parent_id in recipe.run.parents.items():
        parent = project.recipe(parent_id)
        parent_key = RunKey(parent.family, parent.name, key.domains, key.seed)
        done = read_record(RunRecord, project.run_folder(parent_key) / "train/run.json")
        if done.status == "failed":
            raise DataError(f"its parent {parent_key.id} failed: {done.reason}", where=key.id)
        parents[name] = load_context(project, parent_key, device=device)
    return LoadContext(
        folder=project.run_folder(key) / "train",
        recipe=recipe,
        base=project.base_folder(role) if role else None,
        base_name=specs[role].name if role else None,
        parents=parents,
        device=device,
    )


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


def _attempt(method: Method, context: TrainContext) -> tuple[TrainedModel | None, str | None]:
    """Train; what a run may fail of becomes a reason, anything else is a bug and goes on up."""
    import torch

    try:
        return method.train(context), None
    except RunFailed as error:
        return None, error.what
    except (torch.OutOfMemoryError, MemoryError) as error:
        return None, f"out of memory: {str(error).splitlines()[0] if str(error) else 'allocation refused'}"


def _require_training_items(domains: Sequence[PreparedDomain], method: Method) -> None:
    for domain in domains:
        for view in method.views:
            if view in domain.meta["views"] and not domain.questions(view, "train", limit=1):
                raise DataError(f'the view "{view}" has no training item', where=str(domain.folder))


def _training(trained: TrainedModel, *, saved_bytes: int) -> Training:
    fields = ("trainable_parameters", "total_parameters", "examples", "steps", "tokens", "supervised_tokens")
    return Training(
        **{name: getattr(trained, name) for name in fields},
        truncated=trained.truncated,
        output_change=trained.output_change,
        notes=trained.notes,
        saved_bytes=saved_bytes,
    )


def _config(recipe: Recipe, budget: Budget, load: LoadContext) -> dict[str, Any]:
    return {"run": recipe.run.model_dump(mode="json"), "budget": budget.model_dump(), "base": load.base_name}


def _write_curve(curve: Sequence[dict[str, float]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: pa.array([point.get(name) for point in curve], pa.float64()) for name in CURVE_COLUMNS}
    pq.write_table(pa.table(columns), path)
