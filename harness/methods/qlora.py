"""QLoRA: LoRA on a base model with 4-bit weights."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from harness.errors import DataError
from harness.models.four_bit import load_four_bit, require_four_bit
from harness.models.loaded import LanguageModel
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import LoadContext, TrainContext
from harness.training.method_options import MethodOptions


class QloraOptions(MethodOptions):
    """How the base's weights are quantised."""

    quant_type: Literal["nf4", "fp4"] = "nf4"
    """`nf4`: the 4-bit NormalFloat of the paper; `fp4`: 4-bit floating point."""
    double_quant: bool = True
    """Quantise the scales of the weights as well."""


class Qlora(PeftLM):
    """Low-rank adaptation of a 4-bit base (Dettmers et al. 2023, arXiv 2305.14314).

    What it optimises: cross-entropy of the answer's tokens, over `dequantised(W) + (alpha / r) B A` with frozen 4-bit
        `W` (NormalFloat, and quantised scales).
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: about half a byte per weight of the linear layers. Steps take longer than LoRA's, because every matrix product
        converts the weights back to the device's dtype first.
    Use it: where the base does not fit otherwise: 65 billion parameters train on one GPU with 48 GB.
    Not for: a base that fits: `peft/lora` is faster and rounds nothing. It cannot continue another run; to do that,
        `harness export --merge` the run and list the folder under `base_models`.
    Related: `peft/lora`, the same without quantisation.
    Options: `quant_type` (nf4, fp4), `double_quant`.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Source: bitsandbytes, on CUDA and on a CPU.
    Example: `python -m harness train peft/qlora --domain hs_products --seed 0`
    """

    other_bases = ("seq2seq_lm",)
    config_class = "LoraConfig"
    starts_from: ClassVar[str | None] = None  # it quantises the weights of the base model
    cannot_be_continued = "merging into the 4-bit weights of the base would round the update away"
    options_model = QloraOptions

    def before_loading(self, context: TrainContext) -> None:
        """Also refuse a device that cannot compute with 4-bit weights, before a model is loaded."""
        super().before_loading(context)
        require_four_bit(context.device)

    def start(self, context: LoadContext) -> LanguageModel:
        """The base model with 4-bit weights."""
        if context.base is None:
            raise DataError(f"method {context.recipe.run.method} names no base model", where=context.recipe.id)
        options = QloraOptions.of(context.recipe)
        return load_four_bit(
            context.base, context.device, quant_type=options.quant_type, double_quant=options.double_quant
        )

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """Add LoRA matrices and keep them in float32.

        trl converts them to bfloat16 if the flag below is set. In bfloat16 a step of 1e-3 of a weight is rounded away.
        """
        adapted = super().adapt(model, context)
        model.is_loaded_in_4bit = False
        return adapted
