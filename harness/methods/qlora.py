"""QLoRA: LoRA on a base whose weights have four bits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.config.recipe import Recipe
from harness.errors import ConfigError, DataError, did_you_mean
from harness.models.four_bit import load_four_bit, require_four_bit
from harness.models.loaded import LanguageModel
from harness.training.contract import LoadContext, TrainContext
from harness.training.peft_lm import PeftLM

QUANT_TYPES = ("nf4", "fp4")


class Qlora(PeftLM):
    """Low-rank adaptation of a 4-bit base (Dettmers et al. 2023, arXiv 2305.14314).

    What it optimises: cross-entropy of the answer's tokens, over `dequantised(W) + (alpha / r) B A` with frozen 4-bit
        `W` (NormalFloat, and quantised scales).
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: about half a byte per weight of the linear layers; steps take longer than LoRA's, as each weight is turned
        back into the device's dtype for every product.
    Use it: when the base does not fit otherwise: 65 billion parameters train on one GPU of 48 GB.
    Not for: a base that fits: `peft/lora` is faster and rounds nothing.
    Related: `peft/lora`.
    Options: `quant_type` (nf4, fp4), `double_quant`.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Source: bitsandbytes, on CUDA as on a CPU.
    Example: `python -m harness train peft/qlora --domain hs_products --seed 0`
    """

    other_bases = ("seq2seq_lm",)
    config_class = "LoraConfig"
    exports_merged = True  # into weights turned back to float32; not for scoring, which shall see the 4-bit base
    options = {"quant_type": "nf4", "double_quant": True}

    def refusals(self, recipe: Recipe) -> Iterator[tuple[tuple[str, ...], ConfigError]]:
        """Options of other values, or a parent run, whose merged weights would have to be quantised."""
        where = f"recipes/{recipe.id}.yaml"
        chosen = {**self.options, **recipe.run.options}
        if chosen["quant_type"] not in QUANT_TYPES:
            what = f"`run.options.quant_type` is {chosen['quant_type']!r}"
            hint = did_you_mean(str(chosen["quant_type"]), QUANT_TYPES)
            yield ("options", "quant_type"), ConfigError(what, where=where, hint=hint)
        if not isinstance(chosen["double_quant"], bool):
            what = f"`run.options.double_quant` is {chosen['double_quant']!r}"
            yield ("options", "double_quant"), ConfigError(what, where=where, expected="true or false")
        if recipe.run.parents:
            what = f"method {recipe.run.method} starts from the base, whose weights it quantises"
            hint = "to go on from a run, export it with --merge and list the folder as a base model"
            yield ("init",), ConfigError(what, where=where, expected="`init: base`", hint=hint)

    def before_loading(self, context: TrainContext) -> None:
        """A device without 4-bit weights is told before a model is loaded."""
        super().before_loading(context)
        require_four_bit(context.device)

    def start(self, context: LoadContext) -> LanguageModel:
        """The base in 4 bits."""
        if context.base is None:
            raise DataError(f"method {context.recipe.run.method} names no base model", where=context.recipe.id)
        chosen = self.chosen_options(context.recipe)
        return load_four_bit(
            context.base, context.device, quant_type=chosen["quant_type"], double_quant=chosen["double_quant"]
        )

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """LoRA, with matrices that stay in float32.

        trl turns them into bfloat16 where it sees this flag, in which steps of 1e-3 of a weight are rounded away.
        """
        adapted = super().adapt(model, context)
        model.is_loaded_in_4bit = False
        return adapted
