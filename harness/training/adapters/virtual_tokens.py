"""The base class of methods that learn keys and values of virtual tokens in every layer."""

from __future__ import annotations

from harness.training.adapters.peft_lm import PeftLM

NOT_MERGEABLE = "virtual tokens cannot be merged into the weights of the base model"
"""Why no method can train further on a run that learned virtual tokens."""


class LearntCache(PeftLM):
    """The virtual tokens enter the model as a key-value cache."""

    config_class = "PrefixTuningConfig"
    cannot_be_continued = NOT_MERGEABLE
    refused_train_settings = {
        "activation_checkpointing": "recomputed activations do not see the cache (huggingface/peft#2191); "
        "a smaller batch saves memory as well"
    }
