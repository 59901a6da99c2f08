"""Ask a model how likely each choice of a question is, and which choice it therefore prefers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.items.rows import Question
from harness.models.loaded import LABELS, TEXT, LabelClassifier, LanguageModel, LoadedModel
from harness.scoring.contract import Sample, SuiteResult, SuiteRun


@dataclass(frozen=True)
class Choices:
    """How likely each choice is."""

    loglikelihoods: list[list[float]]
    """In nats; one row per question, one column per choice."""
    truncated: int = 0
    """Prompts that were cut on the left to fit the model."""


def choice_loglikelihoods(model: LoadedModel, run: SuiteRun) -> Choices:
    """The log-likelihood of every choice of every question, in their order.

    Raises:
        RunFailed: a choice or a prompt has no token, or a log-likelihood is not a number.
        TypeError: the model has none of the abilities in `WAYS`.
    """
    way = next((ask for ability, ask in WAYS.items() if ability in model.abilities), None)
    if way is None:
        raise TypeError(f"{type(model).__name__} gives no likelihoods of choices")
    return way(model, run)


def choose(model: LoadedModel, run: SuiteRun, pick: Callable[[Question, Sequence[float]], str]) -> SuiteResult:
    """The sample of every question; `pick` decides which choice the log-likelihoods speak for."""
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
    """Whether the question has at least two choices, all different and none blank, with the right answer among them.

    With two equal choices, one would count as right and the other as wrong.
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


def _by_language_model(model: LanguageModel, run: SuiteRun) -> Choices:
    """The likelihood of the choice's tokens after the prompt."""
    from harness.scoring.likelihood.continuations import continuation_loglikelihoods

    asked = [model.encode_choices(question, view=run.view) for question in run.questions]
    found = continuation_loglikelihoods(model, asked, batch_size=run.batch_size, label=run.suite)
    return Choices([[value for value, _ in row] for row in found.rows], truncated=found.truncated)


def _by_classifier(model: LabelClassifier, run: SuiteRun) -> Choices:
    """The label's log-probability, by the item's text alone; each item is classified once."""
    labels = sorted({choice for question in run.questions for choice in question.choices})
    column = {label: place for place, label in enumerate(labels)}
    table = model.log_proba([question.text for question in run.questions], labels)
    rows = zip(run.questions, table, strict=True)
    return Choices([[float(row[column[choice]]) for choice in question.choices] for question, row in rows])


WAYS: Mapping[str, Callable[[Any, SuiteRun], Choices]] = {TEXT: _by_language_model, LABELS: _by_classifier}
"""Ability -> how a model with it is asked; the first that the model has counts."""
