"""The reward model on the tiny model: where the reward is read, its first loss, its centre."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from harness.config.project import Project
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.items.rows import Preference
from harness.measure.device import prepare_device
from harness.methods.reward_model import RewardModelling
from harness.models.causal_lm import load_folder
from harness.models.encoding.padding import pad_apart_from_end
from harness.models.reward_model import RewardModel, as_reward_model
from harness.training.contract import TrainContext
from harness.training.lessons.preference_pairs import encoded_pairs
from tests.methods.test_preference_methods import context_of, first_loss


@pytest.fixture
def context(prepared: Project, tmp_path: Path) -> TrainContext:
    return context_of(prepared, "reward/model", tmp_path / "run", learning_rate=1e-2)


def rows_of(project: Project, split: Any) -> list[Preference]:
    return list(PreparedDomain.open(project.prepared_folder("hs_products")).rows(Preference, "preferences", split))


def test_it_starts_at_chance_learns_and_is_centred(context: TrainContext, prepared: Project) -> None:
    method = RewardModelling()
    trained = method.train(replace(context, budget=context.budget.model_copy(update={"epochs": 6})))
    assert first_loss(trained) == pytest.approx(math.log(2), abs=1e-5)
    losses = [point.value for point in trained.curve if point.name == "loss"]
    assert losses[-1] < losses[0]
    loaded = method.load(context)
    pairs = encoded_pairs(
        rows_of(prepared, "validation")[:64],
        load_folder(prepared.base_folder("causal_lm"), prepare_device("float32")),
        max_length=context.budget.max_length,
    )
    rewards = loaded.rewards([pair.prompt + answer for pair in pairs for answer in (pair.chosen, pair.rejected)])
    assert rewards.mean() == pytest.approx(0, abs=1e-4)
    assert rewards.std() > 0


def test_ppo_reads_the_reward_where_it_was_trained(prepared: Project) -> None:
    from trl.experimental.utils import get_reward

    model = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32"))
    pairs = encoded_pairs(rows_of(prepared, "train")[:4], model, max_length=256)
    reward = RewardModel(as_reward_model(model.model), model.tokenizer)
    torch.nn.init.normal_(reward.model.score.weight)
    pad = pad_apart_from_end(model.tokenizer)
    for pair in pairs:
        ours = reward.rewards([pair.prompt + pair.chosen, pair.prompt + pair.rejected])[0]
        padded = torch.tensor([pair.prompt + pair.chosen + [pad] * 3])
        _, theirs, _ = get_reward(reward.model, padded, pad, len(pair.prompt))
        assert float(theirs[0]) == pytest.approx(ours, abs=1e-4)


def test_rewards_do_not_depend_on_what_lies_beside_them(prepared: Project) -> None:
    model = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32"))
    pairs = encoded_pairs(rows_of(prepared, "train")[:6], model, max_length=256)
    reward = RewardModel(as_reward_model(model.model), model.tokenizer)
    torch.nn.init.normal_(reward.model.score.weight)
    sequences = [pair.prompt + pair.chosen for pair in pairs]
    together = reward.rewards(sequences)
    alone = np.array([reward.rewards([one])[0] for one in sequences])
    assert together == pytest.approx(alone, abs=1e-4)


def test_the_padding_token_is_never_the_end_token(prepared: Project) -> None:
    tokenizer = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32")).tokenizer
    tokenizer.add_special_tokens({"unk_token": "<|endoftext|>"})
    tokenizer.pad_token = tokenizer.eos_token  # as SmolLM2-Instruct comes
    assert pad_apart_from_end(tokenizer) == tokenizer.unk_token_id != tokenizer.eos_token_id


def test_a_tokenizer_without_a_free_special_token_is_refused(prepared: Project) -> None:
    tokenizer = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32")).tokenizer
    tokenizer.pad_token = tokenizer.eos_token
    with pytest.raises(RunFailed, match="no special token to pad with"):
        pad_apart_from_end(tokenizer)
