"""The kinds of model that can be scored, and what each can do. A suite says which abilities it needs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from harness.items.rows import Question
from harness.models.base_roles import TEXT_ONLY, BaseRole, text_role_of
from harness.models.encoding.chat import choice_texts, render
from harness.models.encoding.context_window import max_length
from harness.models.encoding.encoded import EncodedChoices, EncodedPrompt, Example
from harness.models.encoding.text_encoding import CausalEncoding, EncoderDecoderEncoding, Encoding

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

TEXT, LABELS, EMBEDDINGS, HEADS, REWARDS, JUDGES = "text", "labels", "embeddings", "heads", "rewards", "judges"
"""Abilities. `text`: gives a likelihood to any text and writes; `labels`: gives a probability to each label of its
domain; `embeddings`: gives a vector to any text; `heads`: a label classifier that was trained on the very views that a
suite asks, so that it knows their answers even where they are not the domain's labels; `rewards`: gives a number to any
answer, higher for better ones; `judges`: says which of two answers is better."""

DESCRIBED = {
    TEXT: "writes text",
    LABELS: "predicts labels",
    EMBEDDINGS: "produces embeddings",
    REWARDS: "rates answers",
    JUDGES: "compares answers",
}
"""Ability -> what a model with it does, for messages."""


class LoadedModel(ABC):
    """A trained model in memory, ready to be scored."""

    abilities: ClassVar[frozenset[str]]
    """What the model can do: `text`, `labels`, `embeddings`, `rewards`."""

    @property
    def reads(self) -> frozenset[str]:
        """Inputs that the model accepts: `text`, `image`, `audio`, `table`."""
        return TEXT_ONLY

    def abilities_for(self, views: Sequence[str]) -> frozenset[str]:
        """What the model can do with questions of these views of its own domain. Without a view the questions are about
        something else."""
        return self.abilities

    @property
    def described(self) -> str:
        """What the model does, for messages: `only predicts labels`."""
        return f"only {' and '.join(DESCRIBED[ability] for ability in sorted(self.abilities))}"

    @cached_property
    def vectors(self) -> dict[str, npt.NDArray[np.float32]]:
        """Text -> its vector, for the texts that suites have embedded so far: several suites embed the same texts."""
        return {}


@dataclass
class LanguageModel(LoadedModel):
    """A causal language model or an encoder-decoder, with its tokenizer. Adapters are attached to `model`.

    It decides how a question becomes token ids, in training and scoring alike: suites and training loops ask it for
    encodings and never tokenise themselves. A model that reads more than text overrides the `encode_*` methods and
    puts its further inputs into `EncodedPrompt.extra`.
    """

    abilities: ClassVar[frozenset[str]] = frozenset({TEXT, EMBEDDINGS})
    model: Any
    tokenizer: Any
    shots: Mapping[str, Sequence[Question]] = field(default_factory=dict)
    """View -> solved questions that stand before every question of that view."""
    adapter_seconds: float | None = None
    """Seconds that putting the adapter on the loaded base took; null without an adapter."""
    shares: bool = True
    """False: computing what prompts have in common only once was found to give other numbers."""
    shares_up_to: int = 0
    """Tokens of the longest prompt for which that was checked."""
    base_role: BaseRole | None = None
    """The role that the model was loaded for; null: a text-only role, by the model's configuration."""

    @cached_property
    def role(self) -> BaseRole:
        """The kind of pretrained model that it is."""
        return self.base_role or text_role_of(getattr(self.model, "config", None))

    @property
    def reads(self) -> frozenset[str]:
        """Inputs that the model accepts."""
        return self.role.reads

    @property
    def max_length(self) -> int:
        """Tokens that the model can read and write at most; of an encoder-decoder, that each of its halves can."""
        return max_length(self.model, self.tokenizer)

    def with_adapter(self, model: Any, *, seconds: float) -> LanguageModel:
        """The same model with an adapter attached: `model` is the adapted one, `seconds` is what attaching took."""
        unchecked: dict[str, Any] = {"shares": True, "shares_up_to": 0}
        return replace(self, model=model, adapter_seconds=seconds, shots={}, base_role=self.role, **unchecked)

    def prompt(self, question: Question, *, view: str) -> str:
        """The text that the model reads before it answers."""
        return render(self.tokenizer, question.prompt, shots=self.shots.get(view, ()))

    def encode_prompt(self, question: Question, *, view: str) -> EncodedPrompt:
        """The prompt after which the model writes its answer. `view`: whose solved examples stand before it."""
        return self.encoding.prompt(self.prompt(question, view=view))

    def encode_choices(self, question: Question, *, view: str) -> EncodedChoices:
        """The prompt with every choice of the question, whose likelihoods are to be compared."""
        return self.encoding.choices(self.prompt(question, view=view), choice_texts(self.tokenizer, question.choices))

    def encode_example(self, question: Question, *, max_length: int, shots: Sequence[Question] = ()) -> Example:
        """A solved question to learn from, as scoring will ask it. `max_length`: tokens of prompt and answer together.

        `shots`: solved questions before it, outside the loss. What is cut to fit is described in `Encoding.example`.
        """
        return self.encoding.example(question, max_length=max_length, shots=shots)

    def encode_text(self, text: str) -> EncodedPrompt:
        """A text that the model continues, without chat template and solved examples."""
        return self.encoding.plain_text(text)

    @cached_property
    def encoding(self) -> Encoding:
        """The rules by which text becomes token ids."""
        kind = EncoderDecoderEncoding if self.role.encoder_decoder else CausalEncoding
        return kind(self.tokenizer)


class LabelClassifier(LoadedModel):
    """Anything that gives a probability to each label of its domain."""

    abilities: ClassVar[frozenset[str]] = frozenset({LABELS})
    heads: frozenset[str] = frozenset()
    """Views whose answers it was trained to tell apart, where these are more than the labels of its domain."""

    def abilities_for(self, views: Sequence[str]) -> frozenset[str]:
        """Outside its own domain it can do nothing. With heads for all the views it also knows answers that are not
        labels."""
        if not views:
            return frozenset()
        return self.abilities | {HEADS} if self.heads.issuperset(views) else self.abilities

    @property
    def learnt_labels(self) -> frozenset[str] | None:
        """The answers that it was trained to tell apart; null if it does not say."""
        return None

    @abstractmethod
    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """Log-probabilities in nats, shape (len(texts), len(labels)). A label that was not among the training items
        gets the smallest log-probability of the text."""


class EmbeddingModel(LoadedModel):
    """Anything that gives vectors to texts, such that texts that belong together have similar vectors."""

    abilities: ClassVar[frozenset[str]] = frozenset({EMBEDDINGS})

    @abstractmethod
    def embed(self, texts: Sequence[str], *, batch_size: int = 32) -> npt.NDArray[np.float32]:
        """Vectors of length 1, shape (len(texts), dimensions)."""

    @abstractmethod
    def cut(self, texts: Sequence[str]) -> int:
        """How many of the texts are longer than the model reads; it sees only the beginning of those."""
