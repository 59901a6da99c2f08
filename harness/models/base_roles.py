"""The kinds of pretrained model that a recipe can start from, one record each. To add a kind, add an entry here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

TEXT_ONLY = frozenset({"text"})


@dataclass(frozen=True)
class BaseRole:
    """What the harness knows about one kind of pretrained model."""

    name: str
    """Key in `base_models` of params.yaml, and value of `run.base` in a recipe."""
    auto_class: str
    """Class of transformers that loads the weights."""
    peft_task_type: str | None
    """What peft calls the task; null: no peft adapter can be put on this kind of model."""
    reads: frozenset[str]
    """Inputs that the model accepts: `text`, `image`, `audio`, `table`."""
    writes_text: bool
    """Whether the model is a language model: it predicts next tokens and can write an answer."""
    encoder_decoder: bool = False
    """Whether the prompt goes into an encoder and the answer comes out of a separate decoder."""


CAUSAL_LM = BaseRole(
    "causal_lm",
    auto_class="AutoModelForCausalLM",
    peft_task_type="CAUSAL_LM",
    reads=TEXT_ONLY,
    writes_text=True,
)
SEQ2SEQ_LM = BaseRole(
    "seq2seq_lm",
    auto_class="AutoModelForSeq2SeqLM",
    peft_task_type="SEQ_2_SEQ_LM",
    reads=TEXT_ONLY,
    writes_text=True,
    encoder_decoder=True,
)
ENCODER = BaseRole(
    "encoder",
    auto_class="AutoModel",
    peft_task_type=None,
    reads=TEXT_ONLY,
    writes_text=False,
)

BASE_ROLES: Mapping[str, BaseRole] = MappingProxyType({role.name: role for role in (CAUSAL_LM, SEQ2SEQ_LM, ENCODER)})
"""Name -> record."""


def text_role_of(config: Any) -> BaseRole:
    """The role of a text-only language model, by its transformers configuration."""
    return SEQ2SEQ_LM if getattr(config, "is_encoder_decoder", False) else CAUSAL_LM
