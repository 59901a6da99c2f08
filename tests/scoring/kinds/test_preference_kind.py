from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from harness.config.project import Project
from harness.items.rows import Preference
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.models.judges.verdict import Judge, Verdict
from harness.models.loaded import LoadedModel
from harness.models.reward_model import RewardModel, as_reward_model
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.preference import PreferenceKind
from harness.suites.pairs.rows import PairQuestion


def pair(name: str, chosen: str, rejected: str) -> Preference:
    return Preference(id=name, split="test", cluster=name, prompt=f"{name}?", chosen=chosen, rejected=rejected)


ROWS = [pair("a", "long answer", "no"), pair("b", "yes", "longer answer"), pair("c", "up", "on")]


class Says(Judge):
    def __init__(self, *margins: float | None) -> None:
        self.margins = margins

    def verdicts(self, rows: Sequence[Preference]) -> list[Verdict]:
        return [Verdict(margin, margin) for margin in self.margins]


def run_of(rows: Sequence[Preference]) -> SuiteRun:
    return SuiteRun(suite="preferences", view="preferences", questions=rows, batch_size=4, metric="pair_accuracy")


def test_a_pair_without_verdict_counts_half() -> None:
    kind, run = PreferenceKind(), run_of(ROWS)
    asked = kind.ask(Says(1.0, -1.0, None), run)
    assert [sample.correct for sample in asked.samples] == [1.0, 0.0, 0.5]
    found = {name: metric.value for name, metric in kind.aggregate(asked, run).items()}
    assert found["pair_accuracy"] == 0.5
    assert found["longer_preferred"] == 1.0  # of the two pairs of unequal length
    assert found["longer_right"] == 0.5
    assert found["undecided"] == pytest.approx(1 / 3)
    assert found["reward_auc"] is None  # a judge gives no rewards


def test_slices_have_an_accuracy_of_their_own() -> None:
    rows = [
        PairQuestion.of(row, slice_name=name, prefix="d/")
        for row, name in zip(ROWS, ("scope", "safety", "safety"), strict=True)
    ]
    kind, run = PreferenceKind(), run_of(rows)  # type: ignore[arg-type]
    found = kind.aggregate(kind.ask(Says(-1.0, 2.0, 3.0), run), run)
    assert (found["scope_accuracy"].value, found["scope_accuracy"].n) == (0.0, 1)
    assert (found["safety_accuracy"].value, found["safety_accuracy"].n) == (1.0, 2)


def test_a_model_that_is_sure_and_always_wrong_is_badly_calibrated() -> None:
    kind, run = PreferenceKind(), run_of(ROWS)
    sure = kind.aggregate(kind.ask(Says(-9.0, -9.0, -9.0), run), run)
    assert sure["ece"].value == pytest.approx(1.0, abs=1e-3)


def test_a_reward_model_is_asked_by_its_rewards(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    base = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32"))
    model: LoadedModel = RewardModel(as_reward_model(base.model), base.tokenizer)
    monkeypatch.setattr(RewardModel, "rewards", lambda self, sequences: np.arange(len(sequences), dtype=float))
    asked = PreferenceKind().ask(model, run_of(ROWS))
    assert [sample.log_odds for sample in asked.samples] == [-1.0, -1.0, -1.0]
    assert PreferenceKind().aggregate(asked, run_of(ROWS))["reward_auc"].value == pytest.approx(3 / 9)
