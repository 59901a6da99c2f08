"""A base model that the user has added: `data/base_models/<name>.yaml`, one file per model."""

from __future__ import annotations

from harness.config.params import BaseModelSpec
from harness.config.strict import StrictModel


class DeclaredBase(StrictModel):
    """A pretrained model that `harness base use` can put into params.yaml."""

    role: str
    """Key in `base_models` of params.yaml: `causal_lm`, `seq2seq_lm` or `encoder`."""
    model: BaseModelSpec
    """The entry in params.yaml."""
