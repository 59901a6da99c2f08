"""The kinds of model that can be scored. A suite says which kinds it can ask."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from harness.items.rows import Question
from harness.models.chat import render

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class LoadedModel(ABC):
    """A trained model in memory, ready to be asked."""

    ability: ClassVar[str]
    """`text`: scores and writes any text; `labels`: knows the labels of its domain only; `embeddings`: vectors."""

    @cached_property
    def vectors(self) -> dict[str, npt.NDArray[np.float32]]:
        """Text -> its vector, as far as suites have asked for it: several of them embed the same texts."""
        return {}


@dataclass
class LanguageModel(LoadedModel):
    """A causal language model or an encoder-decoder, with its tokenizer; adapters are attached to `model`."""

    ability: ClassVar[str] = "text"
    model: Any
    tokenizer: Any
    shots: Mapping[str, Sequence[Question]] = field(default_factory=dict)
    """View -> solved questions that stand before every question of that view."""
    adapter_seconds: float | None = None
    """What putting the adapter on the loaded base took; null where there is none."""
    shares: bool = True
    """False: computing what prompts have in common once was found to give other numbers."""
    shares_up_to: int = 0
    """Tokens of the longest prompt for which that was looked into."""

    def prompt(self, question: Question, *, view: str) -> str:
        """What the model reads before it answers."""
        return render(self.tokenizer, question.prompt, shots=self.shots.get(view, ()))


class LabelClassifier(LoadedModel):
    """Anything that gives a probability to each label of its domain."""

    ability: ClassVar[str] = "labels"
    heads: frozenset[str] = frozenset()
    """Views whose very answers it was trained to tell apart, where these are more than the labels of its domain."""

    @abstractmethod
    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """Log-probabilities in nats, shape (len(texts), len(labels)); a label never seen gets its smallest."""


class EmbeddingModel(LoadedModel):
    """Anything that gives a vector to a text, such that texts that belong together have near ones."""

    ability: ClassVar[str] = "embeddings"

    @abstractmethod
    def embed(self, texts: Sequence[str], *, batch_size: int = 32) -> npt.NDArray[np.float32]:
        """Vectors of length 1, shape (len(texts), dimensions)."""

    @abstractmethod
    def cut(self, texts: Sequence[str]) -> int:
        """How many of them are longer than the model reads; of these it sees the beginning only."""
