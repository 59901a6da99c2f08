"""Does the model know which of two answers is better?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from harness.items.rows import Preference, Question
from harness.models.judges.likelihood import LikelihoodJudge
from harness.models.judges.verdict import Judge
from harness.models.loaded import LanguageModel, LoadedModel
from harness.models.reward_model import RewardModel
from harness.records.run_record import Metric
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.mean import mean
from harness.scoring.metric_spec import MetricSpec

CHOSEN, REJECTED, NEITHER = "chosen", "rejected", "neither"
"""How samples spell gold and answer."""


class PreferenceKind(SuiteKind):
    """Pairwise accuracy on held-out pairs: of a reward model's rewards, a judge's verdicts, or a language model's own
    likelihoods of the two answers. A pair that is not decided counts half."""

    asks = frozenset({"text", "rewards", "judges"})
    row = Preference
    metrics: ClassVar[Mapping[str, MetricSpec]] = {
        "pair_accuracy": MetricSpec(
            explanation="Share of held-out pairs in which the right answer is preferred; chance is 50 %.",
            averaged_over="items",
        ),
        "longer_preferred": MetricSpec(
            explanation="Share of pairs of unequal length in which the longer answer is preferred.", better=None
        ),
        "longer_right": MetricSpec(
            explanation="Share of pairs of unequal length in which the longer answer is the right one: what a rule by "
            "length would reach, or one minus it.",
            better=None,
        ),
        "undecided": MetricSpec(explanation="Share of pairs in which neither answer is preferred.", better="lower"),
    }

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`log_odds` say how strongly the right answer is preferred: in nats, or in units of the reward."""
        rows: Sequence[Preference] = run.questions
        samples = [
            Sample(
                item_id=row.id,
                cluster=row.cluster,
                gold=CHOSEN,
                answer=CHOSEN if lead > 0 else REJECTED if lead < 0 else NEITHER,
                correct=1.0 if lead > 0 else 0.0 if lead < 0 else 0.5,
                log_odds=lead,
            )
            for row, lead in zip(rows, _leads(model, rows), strict=True)
        ]
        return SuiteResult(samples)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """All metrics over all pairs."""
        pairs = list(zip(run.questions, asked.samples, strict=True))
        unequal = [(row, sample) for row, sample in pairs if len(row.chosen) != len(row.rejected)]
        decided = [(row, sample) for row, sample in unequal if sample.answer != NEITHER]
        longer = [len(row.chosen) > len(row.rejected) for row, _ in unequal]
        return {
            "pair_accuracy": mean([sample.correct for sample in asked.samples]),
            "longer_preferred": mean(
                [float((sample.answer == CHOSEN) == (len(row.chosen) > len(row.rejected))) for row, sample in decided]
            ),
            "longer_right": mean([float(one) for one in longer]),
            "undecided": mean([float(sample.answer == NEITHER) for sample in asked.samples]),
        }


def _leads(model: LoadedModel, rows: Sequence[Preference]) -> list[float]:
    """How strongly each right answer is preferred; 0 where there is no verdict."""
    if isinstance(model, RewardModel):
        return _reward_leads(model, rows)
    judge = model if isinstance(model, Judge) else LikelihoodJudge(_language_model(model))
    return [verdict.margin or 0.0 for verdict in judge.verdicts(rows)]


def _reward_leads(model: RewardModel, rows: Sequence[Preference]) -> list[float]:
    reader = LanguageModel(model.model, model.tokenizer)
    sequences = []
    for row in rows:
        for answer in (row.chosen, row.rejected):
            asked = Question(
                id=row.id,
                split=row.split,
                cluster=row.cluster,
                text=row.prompt,
                prompt=row.prompt,
                choices=(),
                answer=answer,
            )
            sequences.append(reader.encode_example(asked, max_length=reader.max_length).input_ids)
    rewards = model.rewards(sequences).reshape(-1, 2)
    return [float(chosen - rejected) for chosen, rejected in rewards]


def _language_model(model: LoadedModel) -> LanguageModel:
    if not isinstance(model, LanguageModel):
        raise TypeError(f"{type(model).__name__} cannot compare answers")
    return model
