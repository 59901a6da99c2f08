"""Any adapter that peft offers, by its type: `run.options: {peft_type: LOHA}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.config.recipe import Recipe
from harness.errors import ConfigError, did_you_mean
from harness.training.peft_lm import PeftLM

NEED_MORE = {
    "ADALORA": "its ranks are redistributed by a call after every step",
    "CARTRIDGE": "it starts from a cache computed from a text",
    "CPT": "its virtual tokens are made from each example's labels",
    "MULTITASK_PROMPT_TUNING": "it needs the number of a task with every example",
    "POLY": "it needs the number of a task with every example",
    "XLORA": "it mixes adapters that were trained before",
}
"""Types that a configuration alone does not train, and why."""

NO_CHECKPOINTING = ("PREFIX_TUNING", "CARTRIDGE")


class Peft(PeftLM):
    """Whatever peft can put on a causal language model (huggingface.co/docs/peft), without code of its own here.

    What it optimises: cross-entropy of the answer's tokens, over the adapter's parameters with a frozen base.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: depends on the type; the board measures it.
    Use it: to try a type that has no recipe yet: LOHA, LOKR, OFT, BOFT, VERA, LN_TUNING, FOURIERFT, ROAD and others.
    Not for: types that need more than a configuration, such as ADALORA (a call after every step): they are refused.
    Related: `peft/lora` and its neighbours, which have data sheets and tuned values of their own.
    Options: `peft_type`, as peft spells it.
    Recipe: `run.peft` takes the arguments of that type's configuration class.
    Example: `python -m harness train peft/loha --domain hs_products --seed 0`
    """

    options = {"peft_type": None}

    def refusals(self, recipe: Recipe) -> Iterator[tuple[tuple[str, ...], ConfigError]]:
        """No type, one that needs more than a configuration, or one that cannot do without its cache."""
        where = f"recipes/{recipe.id}.yaml"
        kind = recipe.run.options.get("peft_type")
        if not isinstance(kind, str):
            hint = "name one in `run.options`, such as `peft_type: LOHA`"
            yield ("options",), ConfigError("`run.options.peft_type` is missing", where=where, hint=hint)
        elif kind in NEED_MORE:
            what = f"{kind} needs more than a configuration: {NEED_MORE[kind]}"
            yield ("options", "peft_type"), ConfigError(what, where=where)
        elif kind in NO_CHECKPOINTING and recipe.run.train and recipe.run.train.activation_checkpointing:
            what = f"{kind} does not work with activation checkpointing (huggingface/peft#2191)"
            yield ("train", "activation_checkpointing"), ConfigError(what, where=where)

    def config_type(self, recipe: Recipe) -> Any:
        """The class that peft names for the type.

        Raises:
            ConfigError: it has no such type.
        """
        from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING

        known = {str(kind.value): config for kind, config in PEFT_TYPE_TO_CONFIG_MAPPING.items()}
        kind = str(self.chosen_options(recipe)["peft_type"])
        if kind not in known:
            raise ConfigError(
                f'peft has no type "{kind}"',
                where=f"recipes/{recipe.id}.yaml: run.options.peft_type",
                hint=did_you_mean(kind.upper(), known.keys() - NEED_MORE.keys()),
            )
        return known[kind]
