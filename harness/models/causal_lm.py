"""Load a language model from a local folder: the base of a role, or the whole model that a run saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.measure.device import Device
from harness.models.base_roles import BaseRole, text_role_of
from harness.models.loaded import LanguageModel


def load_folder(
    folder: Path, device: Device, *, role: BaseRole | None = None, quantization: Any = None
) -> LanguageModel:
    """A model and its tokenizer; nothing is looked up on the hub.

    `role`: decides the class of transformers that loads the weights; null: `causal_lm` or `seq2seq_lm`, by the folder's
    configuration. `quantization`: a configuration of transformers for weights that are quantised while they are loaded.

    Raises:
        DataError: the folder holds no model, or no model of this role.
    """
    import transformers

    if not (folder / "config.json").is_file():
        raise DataError("no model here", where=str(folder), hint="run `dvc repro base`")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    # 4-bit weights are made on the device where they stay, so that it never holds all the unquantised ones
    place = {"quantization_config": quantization, "device_map": {"": device.kind}} if quantization else {}
    config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    role = role or text_role_of(config)
    try:
        model = getattr(transformers, role.auto_class).from_pretrained(
            folder, dtype=device.torch_dtype, local_files_only=True, **place
        )
    except ValueError as error:
        if "Unrecognized configuration class" not in str(error):
            raise
        raise DataError(
            f"{role.auto_class} cannot load a model of type {config.model_type}",
            where=str(folder),
            expected=f"a model of the role {role.name}",
            hint="check base_models in params.yaml",
        ) from None
    model.get_output_embeddings().register_forward_pre_hook(_contiguous)
    return LanguageModel((model if quantization else model.to(device.kind)).eval(), tokenizer, base_role=role)


def _contiguous(layer: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """A hook for the layer that gives logits.

    Its input, the states of a few places of each row, is a view with gaps. For such input torch copies a frozen layer's
    weights once per row (`at::matmul` does not fold it). Scoring a LoRA run took 318 s that way instead of 178 s.
    """
    states, *others = inputs
    return (states.contiguous(), *others)
