"""GRPO and RLOO on the tiny model, with rewards that code checks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import ConfigError, RunFailed
from harness.items.rows import Question
from harness.training.contract import TrainContext
from harness.training.group_policy import GroupOptions
from harness.training.lessons import answer_rewards
from harness.training.lessons.answer_rewards import gold, overlap, reward, valid_label
from harness.training.registry import get_method
from tests.methods.test_preference_methods import context_of, logged

QUESTION = Question(
    id="a", split="train", cluster="a", text="", prompt="", choices=("metals", "wood"), answer="metals",
    references=("steel",),
)  # fmt: skip


def with_options(context: TrainContext, **options: object) -> TrainContext:
    run = context.recipe.run.model_copy(update={"options": {**context.recipe.run.options, **options}})
    return replace(context, recipe=context.recipe.model_copy(update={"run": run}))


@pytest.mark.parametrize("name", ["grpo", "rloo"])
def test_a_policy_learns_from_the_rewards_of_its_answers(
    prepared: Project, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []

    def length(question: Question, answer: str) -> float:
        seen.append((question.id, answer))
        return float(len(answer))

    monkeypatch.setattr(answer_rewards, "CHECKS", {"gold": length})
    context = with_options(
        context_of(prepared, f"rl/{name}", tmp_path / "run", learning_rate=1e-3),
        rewards={"gold": 1.0},
        max_completion_length=6,
    )
    trained = get_method(name).train(context)
    assert trained.steps == 8  # 32 prompts, four answers each, sixteen a step
    assert len(seen) == 32 * 4
    assert len({question for question, _ in seen}) == 32
    assert logged(trained, "kl")[0] == pytest.approx(0, abs=1e-4)
    assert {"reward", "frac_reward_zero_std", "completions/clipped_ratio"} <= {point.name for point in trained.curve}
    assert not [path for path in context.folder.rglob("*") if path.name == "ref"]


def test_a_batch_must_hold_whole_groups(prepared: Project, tmp_path: Path) -> None:
    context = with_options(context_of(prepared, "rl/grpo", tmp_path / "run"), num_generations=5)
    with pytest.raises(RunFailed, match="a batch of 16 answers does not hold whole groups of 5"):
        get_method("grpo").train(context)


def test_an_unknown_reward_is_named(prepared: Project, tmp_path: Path) -> None:
    context = with_options(context_of(prepared, "rl/grpo", tmp_path / "run"), rewards={"golt": 1.0})
    with pytest.raises(ConfigError, match='there is no reward "golt"'):
        GroupOptions.of(context.recipe)


@pytest.mark.parametrize(
    ("answer", "right", "valid"),
    [("metals", 1, 1), (" Metals.", 1, 1), ("Steel", 1, 0), ("wood", 0, 1), ("metals and wood", 0, 0), ("", 0, 0)],
)
def test_answers_are_checked_by_rule(answer: str, right: float, valid: float) -> None:
    assert (gold(QUESTION, answer), valid_label(QUESTION, answer)) == (right, valid)
    assert reward(QUESTION, answer, {"gold": 1.0, "valid_label": 0.2}) == pytest.approx(right + 0.2 * valid)


def test_partial_credit_is_whole_for_the_right_answer_and_grows_with_common_letters() -> None:
    assert overlap(QUESTION, "Metals.") == overlap(QUESTION, "steel") == 1
    assert 0 == overlap(QUESTION, "") < overlap(QUESTION, "medals") < 1
