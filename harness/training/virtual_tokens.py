"""What methods share that learn keys and values of virtual tokens before every layer's own."""

from __future__ import annotations

from collections.abc import Iterator

from harness.config.recipe import Recipe
from harness.errors import ConfigError
from harness.training.peft_lm import PeftLM


class LearntCache(PeftLM):
    """The virtual tokens enter as a key-value cache, which recomputed activations do not get (peft#2191)."""

    config_class = "PrefixTuningConfig"

    def refusals(self, recipe: Recipe) -> Iterator[tuple[tuple[str, ...], ConfigError]]:
        """`activation_checkpointing`."""
        if recipe.run.train and recipe.run.train.activation_checkpointing:
            yield (
                ("train", "activation_checkpointing"),
                ConfigError(
                    f"method {recipe.run.method} does not work with activation checkpointing",
                    where=f"recipes/{recipe.id}.yaml",
                    hint="leave `activation_checkpointing` out, and make the batch smaller if memory is short "
                    "(huggingface/peft#2191)",
                ),
            )
