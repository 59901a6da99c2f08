"""Models of text that are asked questions with files: the files are withheld from them, or written out as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from harness.items.media import kinds_of
from harness.items.rows import Question
from harness.models.base_roles import TEXT_ONLY
from harness.models.encoding.encoded import Example
from harness.models.loaded import LabelClassifier, LanguageModel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Rewriting = Callable[[Question], Question]


def unchanged(question: Question) -> Question:
    """The question as it is: a model of text does not look at its files."""
    return question


@dataclass
class RewrittenLM(LanguageModel):
    """A language model that reads each question after `rewrite`. A question without files is never changed."""

    rewrite: Rewriting = unchanged
    kinds: frozenset[str] = frozenset()
    """Kinds of media that a question may have."""

    @classmethod
    def of(cls, model: LanguageModel, rewrite: Rewriting, *, kinds: frozenset[str]) -> RewrittenLM:
        """The same model, which reads questions after `rewrite`."""
        own = {one.name: getattr(model, one.name) for one in fields(LanguageModel)}
        return cls(**own, rewrite=rewrite, kinds=kinds)

    @property
    def reads(self) -> frozenset[str]:
        """Text and the kinds of media that questions may have."""
        return TEXT_ONLY | self.kinds

    def prompt(self, question: Question, *, view: str) -> str:
        """The text that the model reads before it answers."""
        return super().prompt(self._seen(question), view=view)

    def encode_example(self, question: Question, *, max_length: int, shots: Sequence[Question] = ()) -> Example:
        """A solved question to learn from, as scoring will ask it."""
        return super().encode_example(self._seen(question), max_length=max_length, shots=shots)

    def _seen(self, question: Question) -> Question:
        return self.rewrite(question) if kinds_of([question]) else question


class WithheldClassifier(LabelClassifier):
    """A label classifier of text that may be asked questions with files; it does not see them."""

    def __init__(self, inner: LabelClassifier, *, kinds: frozenset[str]) -> None:
        """`kinds`: the kinds of media that a question may have."""
        self.inner, self.kinds = inner, kinds

    @property
    def reads(self) -> frozenset[str]:
        """Text and the kinds of media that questions may have."""
        return TEXT_ONLY | self.kinds

    @property
    def learnt_labels(self) -> frozenset[str] | None:
        """Those of the classifier inside."""
        return self.inner.learnt_labels

    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """Those of the classifier inside."""
        found: npt.NDArray[np.float64] = self.inner.log_proba(texts, labels)
        return found
