"""How far has the model moved from its base on text that has nothing to do with its training?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from harness.errors import RunFailed
from harness.items.rows import Question
from harness.models.loaded import LanguageModel, LoadedModel
from harness.records.run_record import Metric
from harness.runtime.progress import Progress
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.mean import mean
from harness.scoring.metric_spec import MetricSpec

if TYPE_CHECKING:
    from harness.scoring.likelihood.answer_logits import Solved
    from harness.scoring.likelihood.next_tokens import Compared


class Drift(SuiteKind):
    """The model compared with its base, token by token over given answers; the model writes nothing.

    `agreement`: the share of an answer's tokens at which both models have the same most likely next token.
    `cross_entropy`: nats per token of the answer, its end token included; `cross_entropy_change` subtracts the base's
    cross-entropy, so above 0 is worse. `kl_to_base`: KL(base || model) over the whole vocabulary, in nats per token.
    Each is the mean over items of the mean over an item's tokens, given the prompt and the right tokens before.

    KL(base || model) weights by what the *base* expects: it grows where the model no longer expects what the base does,
    which is forgetting. Learning without Forgetting (Li and Hoiem 2016, arXiv 1606.09282) trains against it, and it
    grows with forgetting (Shenfeld et al. 2025, arXiv 2509.04259, measured on inputs of the new task). The penalty of
    RLHF (Ziegler et al. 2019, arXiv 1909.08593) has the other direction, KL(model || base).

    A change is not always a loss: cross-entropy says whether good answers became less likely. Both models read the
    model's own tokens in its own chat format. Solved examples that a recipe puts before its questions are left out,
    because weights are compared.
    """

    asks = frozenset({"text"})
    metrics: ClassVar = {
        "agreement": MetricSpec(
            explanation="Share of tokens at which the model and its base have the same most likely next token.",
            averaged_over="items",
        ),
        "cross_entropy": MetricSpec(
            explanation="Mean negative log-likelihood of good answers to general prompts, per token.",
            unit="nats",
            better="lower",
            averaged_over="items",
        ),
        "cross_entropy_change": MetricSpec(
            explanation="Rise of cross-entropy on general text, per token: that of the model minus that of its base. "
            "Above 0, good answers to everyday prompts became less likely, which is forgetting.",
            unit="nats",
            better="lower",
            signed=True,
            averaged_over="items",
        ),
        "kl_to_base": MetricSpec(
            explanation="Kullback-Leibler divergence KL(base || model) per token on general prompts.",
            unit="nats",
            better="lower",
            averaged_over="items",
        ),
    }
    judges_answers = False
    lacking = "an answer"

    def can_ask(self, question: Question) -> bool:
        """Whether the question has an answer to read."""
        return bool(question.answer.strip())

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct` is the item's value of the suite's metric; `answer` is the most likely token of each place, written
        as one text.

        Raises:
            RunFailed: the run has no base language model, or one with other tokens.
        """
        if not isinstance(model, LanguageModel):
            raise TypeError(f"{type(model).__name__} does not predict tokens")
        if run.base is None:
            raise RunFailed("not applicable: the run has no base language model to compare with")
        compared, truncated = _compare(model, run.base(), run)
        items = [_per_token(item) for item in compared]
        samples = [
            Sample(
                item_id=question.id,
                cluster=question.cluster,
                gold=question.answer,
                answer=str(model.tokenizer.decode(list(item.expected), skip_special_tokens=True)).strip(),
                correct=own[run.metric],
                gold_loglikelihood=item.loglikelihood,
            )
            for question, item, own in zip(run.questions, compared, items, strict=True)
        ]
        figures = {name: mean([item[name] for item in items]) for name in self.metrics}
        return SuiteResult(samples, truncated=truncated, figures=figures)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """The means over items, which `ask` computed from the likelihoods of both models."""
        return dict(asked.figures)


def _per_token(item: Compared) -> dict[str, float]:
    """One item's value of every metric: means over its tokens."""
    tokens = len(item.expected)
    return {
        "agreement": item.same / tokens,
        "cross_entropy": -item.loglikelihood / tokens,
        "cross_entropy_change": (item.base_loglikelihood - item.loglikelihood) / tokens,
        "kl_to_base": item.kl / tokens,
    }


def _compare(model: LanguageModel, base: LanguageModel, run: SuiteRun) -> tuple[Sequence[Compared], int]:
    """The compared items, and the number of texts cut to fit both models."""
    from harness.scoring.likelihood.next_tokens import compare

    if model.tokenizer.get_vocab() != base.tokenizer.get_vocab():
        raise RunFailed("not applicable: the model and its base have different vocabularies")
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
