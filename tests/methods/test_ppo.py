"""PPO on the tiny model: it starts at its parent, learns to end, and refuses what would never end or teach nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.config.project import Project
from harness.errors import RunFailed
from harness.methods.ppo import PPO
from harness.methods.reward_model import RewardModelling
from harness.models.reward_model import RewardModel
from harness.training.contract import TrainContext, TrainedModel
from tests.methods.test_preference_methods import context_of


@pytest.fixture(scope="module")
def reward_parent(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainContext:
    """A trained reward model."""
    context = context_of(
        Project(prepared_template), "reward/model", tmp_path_factory.mktemp("reward"), learning_rate=1e-2
    )
    RewardModelling().train(context)
    return context


@pytest.fixture
def context(prepared: Project, tmp_path: Path, reward_parent: TrainContext) -> TrainContext:
    found = context_of(prepared, "rlhf/ppo", tmp_path / "run", learning_rate=1e-3)
    options = {"response_length": 6, "num_ppo_epochs": 2}
    run = found.recipe.run.model_copy(update={"options": options})
    return replace(found, recipe=found.recipe.model_copy(update={"run": run}), parents={"reward": reward_parent})


def logged(trained: TrainedModel, name: str) -> list[float]:
    return [point.value for point in trained.curve if point.name == name]


def test_the_policy_starts_at_its_parent_and_moves_away(context: TrainContext) -> None:
    trained = PPO().train(context)
    assert trained.steps == 2
    assert logged(trained, "objective/kl")[0] == pytest.approx(0, abs=1e-4)
    assert logged(trained, "val/ratio")[0] == pytest.approx(1, abs=0.05)
    assert {"objective/scores", "objective/entropy", "val/num_eos_tokens"} <= {point.name for point in trained.curve}
    assert trained.output_change
    assert [rater["recipe"] for rater in trained.notes["policy"]["raters"]] == ["reward/model"]
    assert {path.name for path in (context.folder / "adapter").iterdir()} >= {"adapter_model.safetensors"}
    assert PPO().load(context).model is not None


def test_fewer_prompts_than_a_batch_are_refused(context: TrainContext) -> None:
    few = replace(context, budget=context.budget.model_copy(update={"train_examples": 8}))
    with pytest.raises(RunFailed, match="a step takes 16 prompts, and there are 8"):
        PPO().train(few)


@pytest.mark.parametrize(
    ("given", "reason"), [(0.5, "every answer the reward 0.5"), (float("nan"), "a reward that is not a number")]
)
def test_a_reward_without_information_is_refused(
    context: TrainContext, monkeypatch: pytest.MonkeyPatch, given: float, reason: str
) -> None:
    def same(self: Any, sequences: Sequence[Sequence[int]], **kwargs: Any) -> Any:
        return np.full(len(sequences), given)

    monkeypatch.setattr(RewardModel, "rewards", same)
    with pytest.raises(RunFailed, match=reason):
        PPO().train(context)


def test_a_policy_that_runs_away_is_stopped(context: TrainContext) -> None:
    options = {**context.recipe.run.options, "max_kl": 1e-9}
    run = context.recipe.run.model_copy(
        update={
            "options": options,
            "train": context.settings.model_copy(update={"learning_rate": 0.05, "warmup_steps": 0}),
        }
    )
    with pytest.raises(RunFailed, match="stopped early: the KL to the parent reached"):
        PPO().train(replace(context, recipe=context.recipe.model_copy(update={"run": run})))
