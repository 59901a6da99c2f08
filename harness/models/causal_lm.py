"""Load language models, encoder-decoders too: the base of a role, or the finished run a recipe starts from."""

from __future__ import annotations

from typing import Any

from harness.errors import DataError
from harness.measure.device import Device
from harness.models.loaded import LanguageModel


def load_folder(folder: Any, device: Device, *, quantization: Any = None) -> LanguageModel:
    """A model and its tokenizer from a local folder; nothing is looked up on the hub.

    `quantization`: a configuration of transformers for weights that are quantised while they are loaded.

    Raises:
        DataError: the folder holds no model.
    """
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    if not (folder / "config.json").is_file():
        raise DataError("no model here", where=str(folder), hint="run `dvc repro base`")
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    # 4-bit weights are made where they stay, so that the whole of the others is never there
    place = {"quantization_config": quantization, "device_map": {"": device.kind}} if quantization else {}
    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    model = kind.from_pretrained(folder, dtype=device.torch_dtype, local_files_only=True, **place)
    model.get_output_embeddings().register_forward_pre_hook(_contiguous)
    return LanguageModel((model if quantization else model.to(device.kind)).eval(), tokenizer)


def _contiguous(layer: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """For the layer that gives logits. The states of a few places of each row are a view with gaps, for which torch
    copies a frozen layer's weights once per row (`at::matmul` does not fold it). Scoring a LoRA run took 318 s instead
    of 178 s.
    """
    states, *others = inputs
    return (states.contiguous(), *others)
