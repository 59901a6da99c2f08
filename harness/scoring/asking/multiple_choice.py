"""Ask which of its choices a model finds most likely, through lm-eval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from harness.items.rows import Question
from harness.models.chat import choice_texts
from harness.models.loaded import LabelClassifier, LanguageModel, LoadedModel
from harness.scoring.contract import Sample, SuiteResult, SuiteRun
from harness.scoring.lm_eval.task import evaluate

TASK = {
    "output_type": "multiple_choice",
    "doc_to_choice": "choices",
    "doc_to_target": "gold",
    "metric_list": [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}],
}
"""For lm-eval; its own metric is not used."""


@dataclass(frozen=True)
class Choices:
    """How likely each choice is."""

    loglikelihoods: list[list[float]]
    """In nats; a row per question, a column per choice."""
    truncated: int = 0
    """Prompts cut on the left to fit the model."""


def choice_loglikelihoods(model: LoadedModel, run: SuiteRun) -> Choices:
    """Ask for every choice of every question, in their order."""
    docs = [_doc(model, question, view=run.view) for question in run.questions]
    lm = _as_lm(model, run)
    samples = evaluate(lm, f"{run.suite}_choices", docs=docs, task=TASK)
    rows = [[float(loglikelihood) for (loglikelihood, _), *_ in sample["resps"]] for sample in samples]
    return Choices(rows, truncated=getattr(lm, "truncated", 0))


def choose(model: LoadedModel, run: SuiteRun, pick: Callable[[Question, Sequence[float]], str]) -> SuiteResult:
    """Every question's sample; `pick` says for which choice the log-likelihoods speak."""
    choices = choice_loglikelihoods(model, run)
    samples = []
    for question, row in zip(run.questions, choices.loglikelihoods, strict=True):
        answer = pick(question, row)
        samples.append(
            Sample(
                item_id=question.id,
                cluster=question.cluster,
                gold=question.answer,
                answer=answer,
                correct=float(answer == question.answer),
                gold_loglikelihood=row[question.choices.index(question.answer)],
                loglikelihoods=tuple(row),
            )
        )
    return SuiteResult(samples, truncated=choices.truncated)


CHOICES = "several different answers to choose from"
"""What questions lack that `can_choose` refuses."""


def can_choose(question: Question) -> bool:
    """Whether the question has two choices or more, all different and none blank, with the right answer among them.

    Of two equal choices one would be right and one wrong.
    """
    choices = question.choices
    return (
        len(choices) > 1
        and len(set(choices)) == len(choices)
        and all(c.strip() for c in choices)
        and (question.answer in choices)
    )


def likeliest(question: Question, loglikelihoods: Sequence[float]) -> str:
    """The choice of highest likelihood; the first of equals."""
    return question.choices[loglikelihoods.index(max(loglikelihoods))]


def _as_lm(model: LoadedModel, run: SuiteRun) -> Any:
    from harness.scoring.lm_eval.models import ClassifierLM, TreeLM

    if isinstance(model, LanguageModel):
        return TreeLM(model, batch_size=run.batch_size, label=run.suite)
    if isinstance(model, LabelClassifier):
        return ClassifierLM(model)
    raise TypeError(f"{type(model).__name__} cannot be asked to choose")


def _doc(model: LoadedModel, question: Question, *, view: str) -> dict[str, Any]:
    choices = list(question.choices)
    query = question.text
    if isinstance(model, LanguageModel):
        query = model.prompt(question, view=view)
        choices = choice_texts(model.tokenizer, choices)
    return {
        "id": question.id,
        "text": question.text,
        "query": query,
        "choices": choices,
        "gold": question.choices.index(question.answer),
    }
