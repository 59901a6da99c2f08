"""Preference optimisation on the tiny model: what each trainer reads, and the loss before it has learnt anything."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.items.rows import Preference
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.models.encoding.encoded import IGNORED
from harness.training.contract import TrainContext, TrainedModel
from harness.training.lessons.preference_pairs import EncodedPair, encoded_pairs, unpaired
from harness.training.registry import get_method
from tests.bench.training import bench_context

EXAMPLES = 32


def context_of(project: Project, recipe_id: str, folder: Path, *, learning_rate: float | None = None) -> TrainContext:
    """The recipe on hs_products. It starts from the tiny base itself, so that no parent must be trained, and learns
    only from pairs about the domain."""
    recipe = project.recipe(recipe_id)
    train = recipe.run.train
    if train is not None and learning_rate is not None:
        train = train.model_copy(update={"learning_rate": learning_rate})
    options = {name: value for name, value in recipe.run.options.items() if name != "slices"}
    run = recipe.run.model_copy(update={"init": "base", "train": train, "options": options})
    recipe = recipe.model_copy(update={"run": run})
    context = bench_context(project, recipe, device=prepare_device("float32"), folder=folder, examples=EXAMPLES)
    domain = PreparedDomain.open(project.prepared_folder("hs_products"))
    return replace(context, base_name="tiny", domains=(domain,))


def logged(trained: TrainedModel, name: str) -> list[float]:
    return [point.value for point in trained.curve if point.name == name]


def first_loss(trained: TrainedModel) -> float:
    return logged(trained, "loss")[0]


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        ("preference/dpo", math.log(2)),  # policy and reference agree: -log sigmoid(0)
        ("preference/kto", 0.5),  # 1 - sigmoid(0), for wanted and unwanted answers alike
    ],
)
def test_the_first_loss_is_that_of_a_policy_equal_to_its_parent(
    prepared: Project, tmp_path: Path, recipe: str, expected: float
) -> None:
    context = context_of(prepared, recipe, tmp_path / "run")
    trained = get_method(context.recipe.run.method).train(context)
    assert first_loss(trained) == pytest.approx(expected, abs=1e-4)
    assert trained.output_change


def test_the_loss_of_orpo_is_cross_entropy_plus_the_weighted_odds(prepared: Project, tmp_path: Path) -> None:
    context = context_of(prepared, "preference/orpo", tmp_path / "run")
    trained = get_method("orpo").train(context)
    nll, odds = logged(trained, "nll_loss")[0], logged(trained, "log_odds_ratio")[0]
    assert first_loss(trained) == pytest.approx(nll - 0.1 * odds, rel=1e-3)


def test_simpo_lifts_the_chosen_answer_above_the_rejected_one(prepared: Project, tmp_path: Path) -> None:
    context = context_of(prepared, "preference/simpo", tmp_path / "run", learning_rate=1e-2)
    budget = context.budget.model_copy(update={"epochs": 4})
    trained = get_method("simpo").train(replace(context, budget=budget))
    margins = logged(trained, "rewards/margins")
    assert margins[-1] > margins[0]


def test_only_the_policy_is_saved(prepared: Project, tmp_path: Path) -> None:
    context = context_of(prepared, "preference/dpo", tmp_path / "run")
    trained = get_method("dpo").train(context)
    assert trained.notes["policy"]["kl"] > 0  # the report on the policy is a note of the record
    names = {path.name for path in (context.folder / "adapter").iterdir()}
    assert "adapter_model.safetensors" in names
    assert not [path for path in context.folder.rglob("*") if path.name == "ref"]
    config = json.loads((context.folder / "adapter/adapter_config.json").read_text())
    assert config["peft_type"] == "LORA"


def test_two_seeds_give_other_orders_and_other_adapters(prepared: Project, tmp_path: Path) -> None:
    weights = []
    for seed in (0, 1):
        context = replace(context_of(prepared, "preference/kto", tmp_path / str(seed)), seed=seed)
        get_method("kto").train(context)
        weights.append((context.folder / "adapter/adapter_model.safetensors").read_bytes())
    assert weights[0] != weights[1]


@pytest.fixture
def rows(prepared: Project) -> list[Preference]:
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    return list(domain.rows(Preference, "preferences", "train"))[:8]


def test_pairs_end_with_the_end_token_once_and_share_their_prompt(prepared: Project, rows: list[Preference]) -> None:
    model = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32"))
    end = model.tokenizer.eos_token_id
    for pair in encoded_pairs(rows, model, max_length=256):
        assert (pair.chosen.count(end), pair.rejected.count(end)) == (1, 1)
        assert pair.chosen[-1] == pair.rejected[-1] == end
        assert not pair.truncated


def test_a_long_pair_is_cut_and_counted_and_none_is_left_out(prepared: Project, rows: list[Preference]) -> None:
    model = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32"))
    long = replace(rows[0], prompt="word " * 300 + rows[0].prompt)
    pairs = encoded_pairs([long, *rows[1:]], model, max_length=128)
    assert [pair.truncated for pair in pairs].count(True) >= 1
    assert len(pairs) == len(rows)
    assert all(len(pair.prompt) + max(len(pair.chosen), len(pair.rejected)) <= 128 for pair in pairs)


def test_equal_answers_are_refused(prepared: Project, rows: list[Preference]) -> None:
    model = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32"))
    same = replace(rows[0], rejected=rows[0].chosen)
    with pytest.raises(RunFailed, match=f"chosen and the rejected answer of {same.id} are the same"):
        encoded_pairs([same], model, max_length=256)


def test_unpaired_answers_are_mixed_by_the_seed() -> None:
    pairs = [EncodedPair([place], [10], [20], truncated=False) for place in range(32)]
    answers = unpaired(pairs, seed=0)
    kinds = [one.desirable for one in answers]
    assert len(answers) == 64
    assert kinds.count(True) == 32
    assert kinds[:32].count(True) not in (0, 32)  # not all good answers first
    assert [one.answer == [10] for one in answers] == kinds
    assert answers != unpaired(pairs, seed=1)


def test_labels_are_outside_the_prompt() -> None:
    from harness.training.loops.alignment.preference_loops import _sequences

    row = _sequences({"prompt_ids": [1, 2], "chosen_ids": [3, 4], "rejected_ids": [5]})
    assert row["chosen_labels"] == [IGNORED, IGNORED, 3, 4]
    assert row["rejected_input_ids"] == [1, 2, 5]
