"""Export a finished run as a folder that plain libraries load: transformers, peft, sentence-transformers.

runs/peft/lora-hs_products-0/adapter --> exports/peft/lora-hs_products-0         (adapter, its base, README.md)
                           `--merge--> exports/peft/lora-hs_products-0-merged  (plain model in float32, README.md)
"""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.config.folds import fold_runs
from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError, did_you_mean
from harness.export.base_model import base_repository
from harness.export.contents import NO_MODEL, add_base, described, needs_base, refuse_file_readers, saved_model
from harness.export.eval_results import write_eval_results
from harness.export.merged import write_merged
from harness.export.readme import readme
from harness.export.scores import read_facts
from harness.measure.device import Device, prepare_device
from harness.records.outcome import read_outcome
from harness.records.run_record import RunRecord, read_record
from harness.runtime.atomic_output import atomic_folder
from harness.training.registry import get_method
from harness.training.supervised_lm import SupervisedLM
from harness.training.train import load_context


def run_named(project: Project, name: str) -> RunKey:
    """The key of the run `peft/lora-hs_products-0` (or `runs/peft/lora-hs_products-0`).

    Raises:
        ConfigError: the recipe is unknown, the name has another form, or it stands for a model per fold.
    """
    recipe, _, rest = name.removeprefix("runs/").strip("/").partition("-")
    domains, _, seed = rest.rpartition("-")
    if not domains or not seed.isdecimal():
        raise ConfigError(
            f'"{name}" is not the name of a run',
            where="RUN",
            expected="FAMILY/RECIPE-DOMAIN-SEED, as in peft/lora-hs_products-0",
        )
    if recipe not in project.recipe_ids:
        raise ConfigError(f'unknown recipe "{recipe}"', where="RUN", hint=did_you_mean(recipe, project.recipe_ids))
    family, short = recipe.split("/")
    key = RunKey(family, short, tuple(domains.split("+")), int(seed))
    folds = fold_runs(project, key)
    if folds != [key]:
        what = f"{name} is {len(folds)} models, one for each fold"
        raise ConfigError(what, where="RUN", expected=f"one of {', '.join(fold.id for fold in folds)}")
    return key


def export(project: Project, key: RunKey, *, target: Path, merge: bool, dataset: str | None = None) -> str:
    """Write the folder, complete or not at all.

    Args:
        project: the project.
        key: a finished run.
        target: an empty or new folder.
        merge: merge an adapter into its base, and write the resulting plain model. A whole model is written as it is.
        dataset: data set on the Hugging Face hub that holds the items of the run's domain, for `.eval_results`.

    Returns:
        One line that says what was written.

    Raises:
        ConfigError: the target is not empty, or no plain library loads what the method saves.
        DataError: the run or its weights are missing, it failed, its base model has changed, or the merged model
            gives other logits.
        RunFailed: adapters of the method cannot be merged.
    """
    method = get_method(project.recipe(key.recipe_id).run.method)
    _require_empty(target)
    record = read_record(RunRecord, project.record_folder(key) / "train/run.json")
    if record.status == "failed":
        raise DataError(f"the run failed: {record.reason}", where=key.id)
    read_outcome(project.run_folder(key))  # reports weights that are not here
    context = load_context(project, key, device=_float32())
    refuse_file_readers(method, context)
    saved = None if merge and needs_base(method) else saved_model(method, context)
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_folder(target) as folder:
        change = None
        if saved is not None:
            shutil.copytree(saved, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NO_MODEL))
        elif isinstance(method, SupervisedLM):
            change = write_merged(method, context, folder)
        layout, exported = add_base(project, method, context, folder)
        facts = read_facts(project, key)
        repo = base_repository(project, context.recipe)
        text = readme(layout, exported, record=record, base=context.base, facts=facts, base_repo=repo)
        (folder / "README.md").write_text(text, encoding="utf-8")
        results = write_eval_results(facts, folder, dataset=dataset)
    written = described(layout, exported, context)
    if change is not None:
        written = f"a plain model in float32; its logits differ from the adapter's by at most {change:.1g}"
    also = f"; scores for the hub in {', '.join(results)}" if results else ""
    return f"{target}: {written}; README.md shows how to load it{also}"


def _require_empty(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigError("the target is not empty", where=str(target), hint="name an empty or a new folder")


def _float32() -> Device:
    """The device on which logits are compared. In bfloat16, rounding alone would make them differ."""
    return prepare_device("float32")
