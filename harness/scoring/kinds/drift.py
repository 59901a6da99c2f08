"""How far is the model from its base on text that has nothing to do with what it was trained on?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.errors import ConfigError, RunFailed
from harness.items.rows import Question
from harness.models.loaded import LanguageModel, LoadedModel
from harness.records.run_record import Metric
from harness.runtime.progress import Progress
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun

if TYPE_CHECKING:
    from harness.scoring.likelihood.answer_logits import Solved
    from harness.scoring.likelihood.next_tokens import Compared

PRIMARY = "agreement"


@dataclass(frozen=True)
class Drifted(SuiteResult):
    """What comparing gave."""

    items: tuple[dict[str, float], ...] = ()
    """Each item's share in every metric, in the order of the samples."""


class Drift(SuiteKind):
    """The model beside its base, token by token over given answers; nothing is written.

    `agreement`: the share of an answer's tokens at which both find the same token the most likely one. `cross_entropy`:
    nats per token of the answer, its end token included; `cross_entropy_change`: minus the base's, so more than zero is
    worse. `kl_to_base`: KL(base || model) in nats per token over the whole vocabulary. All are means over items of the
    mean over an item's tokens, given the prompt and the right tokens before.

    The divergence is weighted by what the *base* expects: it grows where the model no longer expects what the base
    does, which is forgetting. Learning without Forgetting (Li and Hoiem 2016, arXiv 1606.09282) trains against it, and
    forgetting goes with it (Shenfeld et al. 2025, arXiv 2509.04259, who take it on the new task's inputs). The penalty
    of RLHF (Ziegler et al. 2019, arXiv 1909.08593) is the other direction, KL(model || base).

    A change is not always a loss: cross-entropy says whether good answers became less likely. Both models read the
    model's own tokens in its own chat format. Examples that a recipe puts before its questions stay away, whatever the
    view: what is compared is weights.
    """

    asks = frozenset({"text"})
    metrics: ClassVar = {PRIMARY: 1, "cross_entropy": 1, "cross_entropy_change": 1, "kl_to_base": 1}
    lacking = "an answer"

    def can_ask(self, question: Question) -> bool:
        """With an answer to read."""
        return bool(question.answer.strip())

    def ask(self, model: LoadedModel, run: SuiteRun) -> Drifted:
        """`correct` is the agreement; `answer` is what the model expects at each place, run together.

        Raises:
            ConfigError: the suite shows a metric that is no share of an item.
            RunFailed: the run stands on no language model, or on one with other tokens.
        """
        if run.metric != PRIMARY:
            where, hint = f"data/suites/{run.suite}.yaml: metric", "put the others into `also`"
            raise ConfigError(f'"{run.metric}" is no share', where=where, expected=PRIMARY, hint=hint)
        if not isinstance(model, LanguageModel):
            raise TypeError(f"{type(model).__name__} expects no next token")
        if run.base is None:
            raise RunFailed("the run stands on no language model to compare it with")
        compared, truncated = _compare(model, run.base(), run)
        samples = [
            Sample(
                item_id=question.id,
                cluster=question.cluster,
                gold=question.answer,
                answer=str(model.tokenizer.decode(list(item.expected), skip_special_tokens=True)).strip(),
                correct=item.same / len(item.expected),
                gold_loglikelihood=item.loglikelihood,
            )
            for question, item in zip(run.questions, compared, strict=True)
        ]
        return Drifted(samples, truncated=truncated, items=tuple(map(shares, compared)))

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Means over items."""
        if not isinstance(asked, Drifted):
            raise TypeError("only what `ask` gave can be counted")
        n = len(asked.items)
        return {name: Metric(value=sum(item[name] for item in asked.items) / n, n=n) for name in self.metrics}


def shares(item: Compared) -> dict[str, float]:
    """An item's value of every metric: means over its tokens."""
    tokens = len(item.expected)
    return {
        PRIMARY: item.same / tokens,
        "cross_entropy": -item.loglikelihood / tokens,
        "cross_entropy_change": (item.base_loglikelihood - item.loglikelihood) / tokens,
        "kl_to_base": item.kl / tokens,
    }


def _compare(model: LanguageModel, base: LanguageModel, run: SuiteRun) -> tuple[Sequence[Compared], int]:
    """What was compared, and how many texts were cut to fit the models. The base is let go afterwards."""
    from harness.scoring.likelihood.next_tokens import compare

    if model.tokenizer.get_vocab() != base.tokenizer.get_vocab():
        raise RunFailed("the model has other tokens than its base, so what they expect next cannot be compared")
    longest = min(model.max_length, base.max_length)
    texts, truncated = _encode(model, run.questions, longest=longest)
    with Progress(f"compare {run.suite}", total=len(texts)) as progress:
        compared = compare(model.model, base.model, texts, batch_size=run.batch_size, on_batch=progress.advance)
    return compared, truncated


def _encode(model: LanguageModel, questions: Sequence[Question], *, longest: int) -> tuple[list[Solved], int]:
    from harness.scoring.likelihood.answer_logits import Solved

    examples = [model.encode_example(question, max_length=longest) for question in questions]
    texts = [Solved((*one.prompt, *one.answer), answer=len(one.answer)) for one in examples]
    return texts, sum(one.truncated for one in examples)
