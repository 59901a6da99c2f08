"""A classifier that reads the files of a question, asked the way a language model is asked.

Suites give a label classifier the text of a question and nothing else. A language model is given the whole question
(`encode_choices`). The classifier takes that way: to suites it is a model that reads one token, which stands for a
question, and whose logits after it are the log-probabilities of the question's choices.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from harness.items.rows import Question
from harness.models.base_roles import TEXT_ONLY
from harness.models.encoding.encoded import EncodedChoices, EncodedPrompt
from harness.models.loaded import LABELS, TEXT, LoadedModel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class MediaClassifier(LoadedModel):
    """Anything that gives a probability to each choice of a question, by its text and its files."""

    abilities: ClassVar[frozenset[str]] = frozenset({TEXT})
    """Decides that suites ask by `encode_choices`. What the model can do is in `abilities_for`."""
    max_length: ClassVar[int] = 2
    """Tokens of a question and its answer."""

    def __init__(self, *, kinds: Collection[str]) -> None:
        """`kinds`: the kinds of media that it reads, or may be shown."""
        self.kinds = frozenset(kinds)
        self.encoding = _OneToken()
        self.model = _Answers(self)

    @property
    def reads(self) -> frozenset[str]:
        """Text and the kinds of media."""
        return TEXT_ONLY | self.kinds

    def abilities_for(self, views: Sequence[str]) -> frozenset[str]:
        """It predicts labels of its own domain and can do nothing else."""
        return frozenset({LABELS}) if views else frozenset()

    @property
    def described(self) -> str:
        """What the model does, for messages."""
        return "only predicts labels"

    @abstractmethod
    def log_proba(self, questions: Sequence[Question], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """Log-probabilities in nats, shape (len(questions), len(labels)). A label that was not among the training items
        gets the smallest log-probability of the question."""

    def encode_choices(self, question: Question, *, view: str) -> EncodedChoices:
        """One token for the question, and one for each of its choices."""
        prompt, choices = self.model.added(question)
        encoded = EncodedPrompt((prompt,), text=question.prompt)
        return EncodedChoices(encoded, tuple((token,) for token in choices), question.choices)


class _OneToken:
    """The rules of a model whose prompt is one token."""

    shares_positions = False
    """Prompts have nothing in common that could be computed once."""

    def prompt_room(self, positions: int, *, answer: int) -> int:
        return positions - answer


@dataclass(frozen=True)
class _Output:
    """What a model of transformers returns, as far as scoring reads it."""

    logits: Any


class _Answers:
    """What scoring takes for a model of transformers: tokens of questions in, log-probabilities of choices out."""

    device = "cpu"

    def __init__(self, classifier: MediaClassifier) -> None:
        self.classifier = classifier
        self.questions: list[Question] = []
        self.choices: dict[str, int] = {}
        self.rows: list[dict[int, float]] = []
        """For each question that was computed: token of a choice -> its log-probability."""

    def added(self, question: Question) -> tuple[int, list[int]]:
        """The token of a question, and those of its choices."""
        self.questions.append(question)
        return len(self.questions) - 1, [self.choices.setdefault(c, len(self.choices)) for c in question.choices]

    def forward(self, input_ids: Any, attention_mask: Any) -> _Output:
        """`input_ids`: shape (texts, tokens), whose first column holds the tokens of questions.

        Returns logits of shape (texts, tokens, choices); only those at the first token mean something.
        """
        import torch

        self._compute()
        logits = torch.full((*input_ids.shape, len(self.choices)), -torch.inf)
        logits[:, 1:] = 0
        for row, question in enumerate(input_ids[:, 0].tolist()):
            for token, value in self.rows[question].items():
                logits[row, 0, token] = value
        return _Output(logits)

    __call__ = forward

    def _compute(self) -> None:
        """Ask the classifier all questions that were added since the last time, at once."""
        new = self.questions[len(self.rows) :]
        if not new:
            return
        labels = sorted({choice for question in new for choice in question.choices})
        place = {label: column for column, label in enumerate(labels)}
        for question, row in zip(new, self.classifier.log_proba(new, labels), strict=True):
            self.rows.append({self.choices[choice]: float(row[place[choice]]) for choice in question.choices})
