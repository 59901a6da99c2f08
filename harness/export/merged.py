"""Fold an adapter into its base, and write the result only if it gives the same logits as the adapter on the base."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.errors import DataError, RunFailed
from harness.models.encoder_decoder import is_encoder_decoder
from harness.models.loaded import LanguageModel
from harness.models.merging import fold_in
from harness.models.parameter_count import is_four_bit
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import LoadContext
from harness.training.supervised_lm import SupervisedLM

TOLERANCE = 1e-3
"""Largest accepted difference of a logit, as a share of the largest logit. Sums in another order round differently in
float32."""

TEXTS = (
    "The quick brown fox jumps over the lazy dog.",
    "Which of these is a mammal?",
    "1, 2, 3, 5, 8, 13,",
    "def f(x):",
)
"""Texts whose logits are compared before the merged model is written."""


def write_merged(method: SupervisedLM, context: LoadContext, folder: Path) -> float:
    """Write the merged model, its tokenizer and `export.json` into `folder`.

    A method without an adapter that saves only some of the base's own weights, such as BitFit, has nothing to merge:
    its loaded model is a plain model already.

    Returns:
        The largest difference of a logit between the loaded model and the merged model.

    Raises:
        RunFailed: adapters of this kind cannot be merged.
        DataError: the merged model's logits differ by more than `TOLERANCE`.
    """
    unmerged = _loaded(method, context)
    before = _logits(unmerged)
    try:
        merged = LanguageModel(_merged(method, context, unmerged).eval(), unmerged.tokenizer)
    except RunFailed as error:
        raise RunFailed(
            f"{context.recipe.id} cannot be merged: {error.what.removeprefix('refused: ')}",
            where="--merge",
            hint="without --merge the adapter is exported together with its base model",
        ) from error
    change = _largest_change(before, _logits(merged), recipe=context.recipe.id)
    merged.model.config.name_or_path = context.base_name or ""
    merged.model.save_pretrained(folder)
    merged.tokenizer.save_pretrained(folder)
    note = {"recipe": context.recipe.id, "base": context.base_name, "largest_logit_difference": change}
    (folder / "export.json").write_text(json.dumps(note, indent=2, sort_keys=True) + "\n")
    return change


def _loaded(method: SupervisedLM, context: LoadContext) -> LanguageModel:
    """The run's model, with the adapter beside its base."""
    loaded = method.load_unmerged(context) if isinstance(method, PeftLM) else method.load(context)
    assert isinstance(loaded, LanguageModel)  # a SupervisedLM trains one
    return loaded


def _merged(method: SupervisedLM, context: LoadContext, unmerged: LanguageModel) -> Any:
    """The merged model. A 4-bit base is converted to float32 first, or the adapter's change would be rounded away."""
    if not is_four_bit(unmerged.model):
        return fold_in(unmerged.model, of=context.recipe.id)
    from peft import PeftModel

    plain = method.start(context).model.dequantize()
    plain.config.__dict__.pop("quantization_config", None)
    wide = PeftModel.from_pretrained(plain, context.folder / method.saved_as, local_files_only=True)
    return fold_in(wide, of=context.recipe.id)


def _largest_change(before: Any, after: Any, *, recipe: str) -> float:
    change, largest = float((after - before).abs().max()), float(before.abs().max())
    if not change <= TOLERANCE * largest:  # `not <=` instead of `>`, so that NaN is refused
        raise DataError(
            f"the merged model's logits differ by {change:.2g}: nothing is written",
            where=recipe,
            expected=f"at most {TOLERANCE:g} of the largest logit, {largest:.3g}",
        )
    return change


def _logits(loaded: LanguageModel) -> Any:
    import torch

    rows = []
    with torch.inference_mode():
        for text in TEXTS:
            ids = loaded.tokenizer(text, return_tensors="pt").input_ids.to(loaded.model.device)
            writes = {"decoder_input_ids": ids} if is_encoder_decoder(loaded.model) else {}
            rows.append(loaded.model(input_ids=ids, **writes).logits[0, -ids.shape[1] :].float().cpu())
    return torch.cat(rows)
