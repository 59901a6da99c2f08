"""What a language model reads and learns, as token ids: a prompt, a prompt with its choices, a training example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

Tokens = tuple[int, ...]

IGNORED = -100
"""The label of a token that is outside the loss (the convention of torch and transformers)."""


@dataclass(frozen=True)
class EncodedPrompt:
    """Everything that the model reads before it answers."""

    tokens: Tokens
    text: str = ""
    """The text behind the tokens, for error messages."""
    kept: int = 0
    """How many leading tokens stay when the prompt is cut on the left: the BOS token, where the tokenizer adds one."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further inputs of the model's `forward` by name, such as pixel values; tensors with a batch dimension of 1."""

    def cut(self, room: int) -> EncodedPrompt:
        """The prompt with at most `room` tokens (at least 1), cut on the left."""
        tokens = cut_left(self.tokens, room, kept=self.kept)
        return self if len(tokens) == len(self.tokens) else replace(self, tokens=tuple(tokens))


@dataclass(frozen=True)
class EncodedChoices:
    """A prompt with the continuations whose likelihoods are compared."""

    prompt: EncodedPrompt
    """Blanks at the end of the prompt are part of the continuations."""
    continuations: tuple[Tokens, ...]
    """In the order of the question's choices."""
    texts: tuple[str, ...] = ()
    """The text of each continuation, for error messages."""


class Example(NamedTuple):
    """A solved question to learn from."""

    input_ids: list[int]
    """What the model reads. A causal model reads prompt and answer, an encoder reads the prompt."""
    labels: list[int]
    """A causal model has one label per input token, -100 outside the answer. An encoder-decoder's labels are the
    answer alone, without any -100. Both end with the end token, unless the answer was cut."""
    truncated: bool
    """Whether prompt or answer were cut to fit."""

    @property
    def answer(self) -> list[int]:
        """The tokens under the loss."""
        return [label for label in self.labels if label != IGNORED]

    @property
    def prompt(self) -> list[int]:
        """The tokens before the answer."""
        answer_is_read = IGNORED in self.labels
        return self.input_ids[: -len(self.answer)] if answer_is_read else self.input_ids


def cut_left(tokens: Sequence[int], room: int, *, kept: int = 0) -> Sequence[int]:
    """The last `room` tokens (at least 1). The first `kept` ones stay in front, where there is room for more."""
    if len(tokens) <= room:
        return tokens
    front = min(kept, room - 1)
    return [*tokens[:front], *tokens[len(tokens) - (room - front) :]]
