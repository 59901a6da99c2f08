"""Convert a GGUF file to safetensors in float32 once, so that later loads take a fraction of a second."""

from __future__ import annotations

from pathlib import Path

from harness.errors import DataError


def convert(path: Path, folder: Path) -> None:
    """De-quantise the weights of a GGUF language model and save model and tokenizer into `folder`.

    The weights keep the rounding errors of their quantisation (Q4_1 for the embedded SmolLM2); conversion adds none.

    Raises:
        DataError: the file is not a GGUF file.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with path.open("rb") as file:
        magic = file.read(4)
    if magic != b"GGUF":
        raise DataError(
            "the file is not a GGUF file", where=str(path), hint="check `path` of the base model in params.yaml"
        )
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    # transformers still treats the model as quantised and would refuse to save it
    model.hf_quantizer = None
    model.is_quantized = False
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.config.name_or_path = ""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
