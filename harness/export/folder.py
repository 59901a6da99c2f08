"""Export a finished run as a Hugging Face folder.

runs/peft/lora-hs_products-0/train/adapter --> exports/peft/lora-hs_products-0         (adapter, with its base's name)
                                 `--merge--> exports/peft/lora-hs_products-0-merged  (plain model in float32)
"""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError, did_you_mean
from harness.export.merged import write_merged
from harness.measure.device import Device, prepare_device
from harness.records.run_record import RunRecord, read_record
from harness.runtime.atomic_output import atomic_folder
from harness.training.registry import get_method
from harness.training.supervised_lm import SupervisedLM
from harness.training.train import load_context


def run_named(project: Project, name: str) -> RunKey:
    """The key of the run `peft/lora-hs_products-0` (or `runs/peft/lora-hs_products-0`).

    Raises:
        ConfigError: the recipe is unknown, or the name has another form.
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
    return RunKey(family, short, tuple(domains.split("+")), int(seed))


def export(project: Project, key: RunKey, *, target: Path, merge: bool) -> str:
    """Write the folder, complete or not at all.

    Args:
        project: the project.
        key: a finished run.
        target: an empty or new folder.
        merge: fold the adapter into its base.

    Returns:
        One line that says what was written.

    Raises:
        ConfigError: the target is not empty, or the method saves no language model.
        DataError: the run is missing or failed, or the merged model gives other logits.
        RunFailed: adapters of the method cannot be merged.
    """
    method = get_method(project.recipe(key.recipe_id).run.method)
    if not isinstance(method, SupervisedLM):
        raise ConfigError(f"{key.recipe_id} trains no language model, so there is nothing to export", where="RUN")
    _require_empty(target)
    done = read_record(RunRecord, project.run_folder(key) / "train/run.json")
    if done.status == "failed":
        raise DataError(f"the run failed: {done.reason}", where=key.id)
    context = load_context(project, key, device=_float32())
    has_adapter = method.stands_on_base
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_folder(target) as folder:
        if merge and has_adapter:
            change = write_merged(method, context, folder)
        else:
            shutil.copytree(context.folder / method.saved_as, folder, dirs_exist_ok=True)
    if merge and has_adapter:
        return f"{target}: a plain model in float32; its logits differ from the adapter's by at most {change:.1g}"
    if has_adapter:
        return f"{target}: the adapter alone; its base model is {context.base_name}"
    return f"{target}: the whole model; the method saves no adapter"


def _require_empty(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigError("the target is not empty", where=str(target), hint="name an empty or a new folder")


def _float32() -> Device:
    """The device on which logits are compared. In bfloat16 they would differ by rounding alone."""
    return prepare_device("float32")
