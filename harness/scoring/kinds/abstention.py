"""Does the model say that it does not know exactly where it cannot know?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from harness.errors import RunFailed
from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import choice_loglikelihoods, likeliest
from harness.scoring.contract import Sample, SuiteResult, SuiteRun
from harness.scoring.kinds._choosing import ChoosingKind, per_byte
from harness.scoring.measures.accuracy import ACCURACY, BALANCED_ACCURACY, balanced_accuracy
from harness.scoring.measures.calibration import CALIBRATION
from harness.scoring.measures.mean import mean
from harness.scoring.measures.separation import AUC, separation, with_placements
from harness.scoring.metric_spec import MetricSpec

ANSWER, ABSTAIN = "an answer", "to abstain"
"""Gold in samples: what would be right."""
GIVEN, ABSTAINED = "answered: ", "abstained"
"""Answers in samples; the chosen answer follows the first."""
STRICT = "accuracy"
THREE_WAY = {
    "correct": MetricSpec(explanation="Share of questions answered rightly; to abstain does not count."),
    "wrong": MetricSpec(explanation="Share of questions answered wrongly; to abstain does not count.", better="lower"),
    "abstained": MetricSpec(explanation="Share of questions on which the model abstained.", better=None),
    "error_among_attempted": MetricSpec(
        explanation="Share of wrong answers among the questions on which the model did not abstain.", better="lower"
    ),
    "abstained_on_missing": MetricSpec(
        explanation="Share of the questions without an answer on which the model abstained."
    ),
    "abstained_on_known": MetricSpec(
        explanation="Share of the questions with an answer on which the model abstained.", better="lower"
    ),
    "f1": MetricSpec(
        explanation="Harmonic mean of the shares of correct answers among questions that have one and among questions "
        "that the model answered."
    ),
}
"""The metrics of `three_way` beside accuracy."""


@dataclass(frozen=True)
class Outcome:
    """What happened on one question."""

    missing: bool
    """The question has no answer: to abstain is right."""
    abstained: bool
    right: bool
    """The model made exactly the right choice: the right answer, or to abstain."""


class Abstention(ChoosingKind):
    """Every question is answered rightly, answered wrongly, or declined by a choice that all questions share.

    Some questions have their right answer among the choices; the others have none ("missing"). `balanced_accuracy` only
    looks at whether the model abstained where it should: always abstaining and never abstaining both give one half,
    which is chance. `accuracy` is the share of exactly right choices: one half for always abstaining, at most one half
    for never abstaining. What abstaining leaves out is in the other metrics: `correct`, `wrong` and `abstained` are
    shares of all questions, `error_among_attempted` is wrong / (correct + wrong), and `f1` combines correct answers
    among questions that have one with correct answers among attempted ones (SimpleQA: Wei et al. 2024, arXiv
    2411.04368). `auc` of the log-odds of abstaining, missing against known questions, does not depend on how often the
    model abstains.

    Choices are compared by likelihood per UTF-8 byte, since descriptions are longer than the words that decline.
    """

    asks = frozenset({"text"})
    metrics: ClassVar = {
        "balanced_accuracy": BALANCED_ACCURACY,
        STRICT: ACCURACY,
        **THREE_WAY,
        "auc": AUC,
        **CALIBRATION,
    }

    def compared(self, question: Question, loglikelihoods: Sequence[float], run: SuiteRun) -> Sequence[float]:
        """Per byte."""
        return per_byte(question, loglikelihoods)

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct`: abstained exactly where that is right; for suites that rank by `accuracy`, the right choice.

        Raises:
            RunFailed: the questions share no choice that declines.
        """
        unknown = shared_answer(run.questions)
        choices = choice_loglikelihoods(model, run)
        samples = []
        for question, row in zip(run.questions, choices.loglikelihoods, strict=True):
            values = self.compared(question, row, run)
            answer = likeliest(question, values)
            missing, abstained = question.answer == unknown, answer == unknown
            samples.append(
                Sample(
                    item_id=question.id,
                    cluster=question.cluster,
                    gold=ABSTAIN if missing else ANSWER,
                    answer=ABSTAINED if abstained else f"{GIVEN}{answer}",
                    correct=float(answer == question.answer if run.metric == STRICT else missing == abstained),
                    log_odds=_log_odds(values, question.choices.index(unknown)),
                    gold_loglikelihood=row[question.choices.index(question.answer)],
                    loglikelihoods=tuple(row),
                )
            )
        if run.metric == "auc":
            samples = with_placements(samples, [sample.gold == ABSTAIN for sample in samples])
        return SuiteResult(samples, truncated=choices.truncated)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """All metrics; a share of questions of which there are none is null."""
        samples = asked.samples
        outcomes = [_outcome(question, sample) for question, sample in zip(run.questions, samples, strict=True)]
        decisions = [
            replace(sample, correct=float(one.missing == one.abstained))
            for sample, one in zip(samples, outcomes, strict=True)
        ]
        return {
            "balanced_accuracy": Metric(value=balanced_accuracy(decisions), n=len(samples)),
            **three_way(outcomes),
            "auc": separation(samples, [one.missing for one in outcomes]),
            **self.calibration(samples, run, correct=[float(one.right) for one in outcomes]),
        }

    def is_right(self, answer: str, *, correct: float, question: Question | None) -> bool | None:
        """Whether it is exactly the right choice; `correct` may only say whether the model rightly did not abstain."""
        if correct not in (0.0, 1.0) and answer == ABSTAINED:  # of a suite that ranks by AUC
            return None
        if answer == ABSTAINED or not correct:
            return bool(correct)
        given = answer.removeprefix(GIVEN)
        if question is None or given not in question.choices:  # prepared otherwise since the run was scored
            return None
        return given == question.answer


def shared_answer(questions: Sequence[Question]) -> str:
    """The choice that declines: every question has it, and it is right for some questions but not for all.

    Questions about one item may share further choices. The choice that declines is right most often among the shared
    ones, because only it is right for more than one item.

    Raises:
        RunFailed: no choice is shared, or the shared choices cannot be told apart.
    """
    common = set(questions[0].choices).intersection(*(question.choices for question in questions))
    counts = {choice: sum(question.answer == choice for question in questions) for choice in sorted(common)}
    likely = [choice for choice, count in counts.items() if count and count == max(counts.values())]
    if len(likely) != 1 or counts[likely[0]] == len(questions):
        raise RunFailed(f"{len(questions)} questions do not show which of their choices says that there is no answer")
    return likely[0]


def three_way(outcomes: Sequence[Outcome]) -> dict[str, Metric]:
    """Accuracy, the shares of correct, wrong and abstained, and what follows from them."""
    attempted = [one for one in outcomes if not one.abstained]
    known = [one for one in outcomes if not one.missing]
    correct = sum(one.right for one in attempted)
    # f1 = 2 / (known / correct + attempted / correct), which is 0 where nothing is correct
    possible = len(known) + len(attempted)
    return {
        STRICT: mean([one.right for one in outcomes]),
        "correct": mean([one.right and not one.abstained for one in outcomes]),
        "wrong": mean([not one.right and not one.abstained for one in outcomes]),
        "abstained": mean([one.abstained for one in outcomes]),
        "error_among_attempted": mean([not one.right for one in attempted]),
        "abstained_on_missing": mean([one.abstained for one in outcomes if one.missing]),
        "abstained_on_known": mean([one.abstained for one in known]),
        "f1": Metric(value=2 * correct / possible if possible else None, n=len(outcomes)),
    }


def _outcome(question: Question, sample: Sample) -> Outcome:
    """The outcome that `ask` wrote into the sample."""
    missing, abstained = sample.gold == ABSTAIN, sample.answer == ABSTAINED
    return Outcome(missing, abstained, right=abstained if missing else sample.answer == f"{GIVEN}{question.answer}")


def _log_odds(row: Sequence[float], place: int) -> float:
    """Log-odds of the choice at `place` against all others together."""
    others = np.array([value for at, value in enumerate(row) if at != place], dtype=np.float64)
    return float(row[place] - np.logaddexp.reduce(others))
