"""The kinds of model that can be scored. A suite says which kinds it can ask."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from harness.domains.rows import Question
from harness.models.chat import render

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class LoadedModel(ABC):
    """A trained model in memory, ready to be asked."""

    ability: ClassVar[str]
    """`text`: scores and writes any text; `labels`: knows the labels of its domain only; `embeddings`: vectors."""


@dataclass
class LanguageModel(LoadedModel):
    """A causal language model with its tokenizer; adapters are attached to `model`."""

    ability: ClassVar[str] = "text"
    model: Any
    tokenizer: Any
    shots: Mapping[str, Sequence[Question]] = field(default_factory=dict)
    """View -> solved questions that stand before every question of that view."""

    def prompt(self, question: Question, *, view: str) -> str:
        """What the model reads before it answers."""
        return render(self.tokenizer, question.prompt, shots=self.shots.get(view, ()))


class LabelClassifier(LoadedModel):
    """Anything that gives a probability to each label of its domain."""

    ability: ClassVar[str] = "labels"

    @abstractmethod
    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """Log-probabilities in nats, shape (len(texts), len(labels)); a label never seen gets its smallest."""
