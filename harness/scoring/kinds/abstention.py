"""Does the model say that it does not know where it cannot know, and only there?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.errors import RunFailed
from harness.evidence.auc import auc
from harness.items.rows import Question
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.asking.multiple_choice import CHOICES, can_choose, choice_loglikelihoods
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun
from harness.scoring.kinds.choice import chosen, per_byte
from harness.scoring.measures.balanced import balanced_accuracy
from harness.scoring.measures.calibration import calibration

ANSWER, ABSTAIN = "an answer", "to abstain"
"""Gold in samples: what is asked for."""
GIVEN, ABSTAINED = "answered: ", "abstained"
"""Answers in samples; behind the first stands which."""
STRICT = "accuracy"


@dataclass(frozen=True)
class Outcome:
    """One question, decided."""

    missing: bool
    """There is no answer: the right thing is to abstain."""
    abstained: bool
    right: bool
    """The very choice that is right, be it the answer or to abstain."""


class Abstention(SuiteKind):
    """Each question is answered rightly, answered wrongly, or declined by the choice that all questions share.

    Of some the right answer is among the choices, of others there is none ("missing"). `balanced_accuracy` asks only
    whether the model declined where it should: always declining and never declining both give one half, which is
    chance. (`accuracy`, the share of right choices, gives one half for always declining, at most one half for never
    declining, and less than either for guessing.) What declining does not see is in the other metrics: `correct`,
    `wrong` and `abstained` are shares of all questions, `error_among_attempted` is wrong / (correct + wrong), `f1` the
    harmonic mean of correct answers among questions that have one and among those attempted (SimpleQA: Wei et al. 2024,
    arXiv 2411.04368). `auc` of the log-odds of declining, missing against known, is free of the bias for or against it.

    Choices are compared by likelihood per UTF-8 byte, since descriptions are longer than the words that decline.
    """

    asks = frozenset({"text"})
    metrics: ClassVar = dict.fromkeys(
        (
            "balanced_accuracy",
            STRICT,
            "correct",
            "wrong",
            "abstained",
            "error_among_attempted",
            "abstained_on_missing",
            "abstained_on_known",
            "f1",
            "auc",
            "ece",
            "brier",
        ),
        1,
    )
    lacking = CHOICES

    def can_ask(self, question: Question) -> bool:
        """As `can_choose` says."""
        return can_choose(question)

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct` is whether declining, or not, was right; with `accuracy` as the suite's metric, the whole choice.

        Raises:
            RunFailed: the questions share no answer that would decline.
        """
        unknown = shared_answer(run.questions)
        choices = choice_loglikelihoods(model, run)
        samples = []
        for question, row in zip(run.questions, choices.loglikelihoods, strict=True):
            answer = chosen(question, row, normalize=True)
            missing, abstained = question.answer == unknown, answer == unknown
            samples.append(
                Sample(
                    item_id=question.id,
                    cluster=question.cluster,
                    gold=ABSTAIN if missing else ANSWER,
                    answer=ABSTAINED if abstained else f"{GIVEN}{answer}",
                    correct=float(answer == question.answer if run.metric == STRICT else missing == abstained),
                    log_odds=_log_odds(per_byte(question, row), question.choices.index(unknown)),
                    gold_loglikelihood=row[question.choices.index(question.answer)],
                    loglikelihoods=tuple(row),
                )
            )
        return SuiteResult(samples, truncated=choices.truncated)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """All of them; those that are shares of something that did not occur are null."""
        samples, questions = asked.samples, run.questions
        outcomes = [_outcome(question, sample) for question, sample in zip(questions, samples, strict=True)]
        decided = [float(one.missing == one.abstained) for one in outcomes]
        decisions = [
            Sample(one.item_id, one.cluster, one.gold, one.answer, correct=right)
            for one, right in zip(samples, decided, strict=True)
        ]
        odds = np.array([sample.log_odds for sample in samples], dtype=np.float64)
        missing = np.array([one.missing for one in outcomes])
        return {
            "balanced_accuracy": Metric(value=balanced_accuracy(decisions), n=len(samples)),
            **three_way(outcomes),
            "auc": Metric(value=auc(missing, odds), n=len(samples)),
            **calibration(
                [per_byte(q, sample.loglikelihoods or ()) for q, sample in zip(questions, samples, strict=True)],
                [question.choices.index(question.answer) for question in questions],
                correct=[float(one.right) for one in outcomes],
            ),
        }


def shared_answer(questions: Sequence[Question]) -> str:
    """The words that decline: a choice of every question, and the right one of some, though not of all.

    Questions about one item may share further choices; of these the words that decline are right most often, since
    they alone are right for more than one item.

    Raises:
        RunFailed: there is no such choice, or it cannot be told from another.
    """
    common = set(questions[0].choices).intersection(*(question.choices for question in questions))
    counts = {choice: sum(question.answer == choice for question in questions) for choice in sorted(common)}
    likely = [choice for choice, count in counts.items() if count and count == max(counts.values())]
    if len(likely) != 1 or counts[likely[0]] == len(questions):
        raise RunFailed(f"{len(questions)} questions do not show which of their choices says that there is no answer")
    return likely[0]


def three_way(outcomes: Sequence[Outcome]) -> dict[str, Metric]:
    """Correct, wrong and abstained, and what follows from them."""
    n = len(outcomes)
    attempted = [one for one in outcomes if not one.abstained]
    correct, known = sum(one.right for one in attempted), [one for one in outcomes if not one.missing]
    missing = [one for one in outcomes if one.missing]
    wrong = len(attempted) - correct
    return {
        STRICT: _share(sum(one.right for one in outcomes), n),
        "correct": _share(correct, n),
        "wrong": _share(wrong, n),
        "abstained": _share(n - len(attempted), n),
        "error_among_attempted": _share(wrong, len(attempted)),
        "abstained_on_missing": _share(sum(one.abstained for one in missing), len(missing)),
        "abstained_on_known": _share(sum(one.abstained for one in known), len(known)),
        # 2 / (known / correct + attempted / correct), which is 0 where nothing is correct
        "f1": Metric(value=_share(2 * correct, len(known) + len(attempted)).value, n=n),
    }


def _share(count: int, of: int) -> Metric:
    return Metric(value=count / of if of else None, n=of)


def _outcome(question: Question, sample: Sample) -> Outcome:
    """What `ask` found, read from the sample."""
    missing, abstained = sample.gold == ABSTAIN, sample.answer == ABSTAINED
    return Outcome(missing, abstained, right=abstained if missing else sample.answer == f"{GIVEN}{question.answer}")


def _log_odds(row: Sequence[float], place: int) -> float:
    """Of the choice at `place` against all others together."""
    others = np.array([value for at, value in enumerate(row) if at != place], dtype=np.float64)
    return float(row[place] - np.logaddexp.reduce(others))
