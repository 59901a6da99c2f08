"""Any adapter that peft offers, by its type: `run.options: {peft_type: LOHA}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import field_validator

from harness.config.mistakes import Mistake
from harness.config.recipe import Recipe
from harness.errors import ConfigError, did_you_mean
from harness.training.adapters.peft_lm import PeftLM
from harness.training.adapters.peft_source import config_classes
from harness.training.method_options import MethodOptions

NEED_MORE = {
    "ADALORA": "its ranks are redistributed by a call after every step",
    "CARTRIDGE": "it starts from a cache computed from a text",
    "CPT": "its virtual tokens are made from each example's labels",
    "MULTITASK_PROMPT_TUNING": "it needs the number of a task with every example",
    "POLY": "it needs the number of a task with every example",
    "PREFIX_TUNING": "use the method `prefix_tuning` or `p_tuning_v2`",
    "XLORA": "it mixes adapters that were trained before",
}
"""Types that this method cannot train from a configuration alone -> the reason."""


class PeftOptions(MethodOptions):
    """Which adapter."""

    peft_type: str
    """Type of the adapter, as peft spells it: `LOHA`, `LOKR`, `OFT`..."""

    @field_validator("peft_type")
    @classmethod
    def _configuration_suffices(cls, kind: str) -> str:
        if kind in NEED_MORE:
            raise ValueError(f"a type that needs nothing but a configuration. {kind}: {NEED_MORE[kind]}")
        return kind


class Peft(PeftLM):
    """Any adapter from peft on a causal language model (huggingface.co/docs/peft), without code of its own here.

    What it optimises: cross-entropy of the answer's tokens, over the adapter's parameters with a frozen base.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: depends on the type; the board measures it.
    Use it: to try a type that has no recipe yet: LOHA, LOKR, OFT, BOFT, VERA, LN_TUNING, FOURIERFT, ROAD and others.
    Not for: types that need more than a configuration, such as ADALORA (a call after every step): they are refused.
    Related: `peft/lora` and the other recipes of its family, which have data sheets and tuned values.
    Options: `peft_type`.
    Recipe: `run.peft` takes the arguments of that type's configuration class.
    Example: `python -m harness train peft/loha --domain hs_products --seed 0`
    """

    options_model = PeftOptions

    def refusals(self, recipe: Recipe) -> Iterator[Mistake]:
        """A type that peft does not have, or arguments that the type does not have."""
        known = config_classes()
        if known is not None and self.config_name(recipe) is None:
            what, hint = _unknown(PeftOptions.of(recipe).peft_type, known)
            yield Mistake(("run", "options", "peft_type"), what, hint=hint)
        yield from super().refusals(recipe)

    def config_name(self, recipe: Recipe) -> str | None:
        """Name of the configuration class that peft registers for the type."""
        return (config_classes() or {}).get(PeftOptions.of(recipe).peft_type)

    def config_type(self, recipe: Recipe) -> Any:
        """The configuration class of the type.

        Raises:
            ConfigError: peft has no such type.
        """
        from peft.mapping import PEFT_TYPE_TO_CONFIG_MAPPING

        known = {str(kind.value): config for kind, config in PEFT_TYPE_TO_CONFIG_MAPPING.items()}
        kind = PeftOptions.of(recipe).peft_type
        if kind not in known:
            what, hint = _unknown(kind, known)
            raise ConfigError(what, where=f"recipes/{recipe.id}.yaml: run.options.peft_type", hint=hint)
        return known[kind]


def _unknown(kind: str, known: Iterable[str]) -> tuple[str, str]:
    """The mistake, and a suggestion that this method can train."""
    return f'peft has no type "{kind}"', did_you_mean(kind.upper(), set(known) - NEED_MORE.keys())
