"""Verb `export`: a finished run -> a Hugging Face folder, with `--merge` without the adapter.

runs/peft/lora-hs_products-0/train/adapter --> exports/peft/lora-hs_products-0         (adapter and base's name)
                                 `--merge--> exports/peft/lora-hs_products-0-merged  (plain model, float32)
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError, RunFailed, did_you_mean
from harness.measure.device import Device, prepare_device
from harness.models.encoder_decoder import is_encoder_decoder
from harness.models.loaded import LanguageModel
from harness.models.merging import fold_in
from harness.models.parameter_count import is_four_bit
from harness.records.run_record import RunRecord, read_record
from harness.runtime.atomic_output import atomic_folder
from harness.training.contract import LoadContext
from harness.training.peft_lm import PeftLM
from harness.training.registry import get_method, method_names
from harness.training.supervised_lm import SupervisedLM
from harness.training.train import load_context

TOLERANCE = 1e-3
"""Largest difference of a logit, as a share of the largest one: float32 rounds sums in another order."""

TEXTS = (
    "The quick brown fox jumps over the lazy dog.",
    "Which of these is a mammal?",
    "1, 2, 3, 5, 8, 13,",
    "def f(x):",
)
"""Read by both models before the merged one is written."""


def run_named(project: Project, name: str) -> RunKey:
    """`peft/lora-hs_products-0` (with or without `runs/` before it) taken apart.

    Raises:
        ConfigError: there is no such recipe, or the name has another shape.
    """
    recipe, _, rest = name.removeprefix("runs/").strip("/").partition("-")
    domains, _, seed = rest.rpartition("-")
    if not domains or not seed.isdecimal():
        raise ConfigError(f'"{name}" names no run', where="RUN", expected="as in peft/lora-hs_products-0")
    if recipe not in project.recipe_ids:
        raise ConfigError(f'unknown recipe "{recipe}"', where="RUN", hint=did_you_mean(recipe, project.recipe_ids))
    family, short = recipe.split("/")
    return RunKey(family, short, tuple(domains.split("+")), int(seed))


def export(project: Project, key: RunKey, *, target: Path, merge: bool) -> str:
    """Write it, whole or not at all, and say in one line what was written.

    Raises:
        ConfigError: the target is not empty, or the method saves no language model.
        DataError: there is no such run, it failed, or the merged model answers otherwise.
        RunFailed: the method cannot be merged.
    """
    method = get_method(project.recipe(key.recipe_id).run.method)
    if not isinstance(method, SupervisedLM):
        raise ConfigError(f"{key.recipe_id} trains no language model: there is nothing to export", where="RUN")
    _require_empty(target)
    done = read_record(RunRecord, project.run_folder(key) / "train/run.json")
    if done.status == "failed":
        raise DataError(f"the run failed: {done.reason}", where=key.id)
    context = load_context(project, key, device=_float32())
    adapter = method.stands_on_base
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_folder(target) as folder:
        if merge and adapter:
            change = _write_merged(method, context, folder)
        else:
            shutil.copytree(context.folder / method.saved_as, folder, dirs_exist_ok=True)
    if merge and adapter:
        return f"{target}: a plain model in float32; its logits differ from the adapter's by at most {change:.1g}"
    if adapter:
        return f"{target}: the adapter alone; it belongs on {context.base_name}"
    return f"{target}: the model, which the method saves as a whole"


def _require_empty(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigError("something is there already", where=str(target), hint="name an empty or a new folder")


def _float32() -> Device:
    """Where the two models are compared: in bfloat16 they would differ by rounding."""
    return prepare_device("float32")


def _write_merged(method: SupervisedLM, context: LoadContext, folder: Path) -> float:
    """The largest difference of a logit between the model that was trained and the one that is written."""
    if not isinstance(method, PeftLM):
        raise _cannot(context, "its layers come after the base's and cannot become part of their weights")
    beside = method.load_unmerged(context)
    before = _logits(beside)
    try:
        merged = LanguageModel(_merged(method, context, beside).eval(), beside.tokenizer)
    except RunFailed as error:
        raise _cannot(context, error.what.removeprefix("refused: ")) from error
    after = _logits(merged)
    change = float((after - before).abs().max())
    if not change <= TOLERANCE * float(before.abs().max()):  # "not", so that what is no number is refused
        raise DataError(
            f"the merged model's logits differ by {change:.2g}: nothing is written",
            where=context.recipe.id,
            expected=f"at most {TOLERANCE:g} of the largest, {float(before.abs().max()):.3g}",
        )
    merged.model.config.name_or_path = context.base_name or ""
    merged.model.save_pretrained(folder)
    merged.tokenizer.save_pretrained(folder)
    note = {"recipe": context.recipe.id, "base": context.base_name, "largest_logit_difference": change}
    (folder / "export.json").write_text(json.dumps(note, indent=2, sort_keys=True) + "\n")
    return change


def _merged(method: PeftLM, context: LoadContext, beside: LanguageModel) -> Any:
    """4-bit weights are turned back into float32 first, where the change has room."""
    if not is_four_bit(beside.model):
        return fold_in(beside.model, of=context.recipe.id)
    from peft import PeftModel

    plain = method.start(context).model.dequantize()
    plain.config.__dict__.pop("quantization_config", None)
    wide = PeftModel.from_pretrained(plain, context.folder / method.saved_as, local_files_only=True)
    return fold_in(wide, of=context.recipe.id)


def _logits(loaded: LanguageModel) -> Any:
    import torch

    rows = []
    with torch.inference_mode():
        for text in TEXTS:
            ids = loaded.tokenizer(text, return_tensors="pt").input_ids.to(loaded.model.device)
            writes = {"decoder_input_ids": ids} if is_encoder_decoder(loaded.model) else {}
            rows.append(loaded.model(input_ids=ids, **writes).logits[0, -ids.shape[1] :].float().cpu())
    return torch.cat(rows)


def _cannot(context: LoadContext, reason: str) -> RunFailed:
    package = Path(__file__).resolve().parents[2]
    can = [name for name in method_names(package) if getattr(get_method(name), "exports_merged", False)]
    return RunFailed(
        f"{context.recipe.id} cannot be merged: {reason}",
        where="--merge",
        hint=f"methods that can: {', '.join(can)}; without --merge the adapter is exported alone",
    )
