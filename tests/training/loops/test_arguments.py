"""One GPU per stage, however many are visible; transformers would use all of them."""

from __future__ import annotations

from typing import Any

import pytest
from transformers import TrainingArguments

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.training.loops.arguments import on_one_gpu
from harness.training.train import train

VISIBLE = 3
LOOPS = {
    "sft/full": "causal_lm",
    "seq2seq/full": "seq2seq_lm",
    "lowresource/setfit": "encoder",
    "multitask/heads": "encoder",
}
"""A recipe of each loop -> the role of its base."""


@pytest.fixture
def several_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments count the visible GPUs, unless they were restricted to one."""

    def visible(self: Any) -> int:
        return 1 if self._n_gpu == 1 else VISIBLE

    monkeypatch.setattr(TrainingArguments, "n_gpu", property(visible))


@pytest.mark.usefixtures("several_gpus")
def test_the_batch_of_a_device_is_the_batch(tmp_path: Any) -> None:
    arguments = TrainingArguments(output_dir=str(tmp_path), per_device_train_batch_size=4, use_cpu=True)
    assert arguments.train_batch_size == 4 * VISIBLE
    assert on_one_gpu(arguments).train_batch_size == 4


@pytest.mark.usefixtures("several_gpus")
@pytest.mark.parametrize("recipe", LOOPS)
def test_every_loop_trains_on_one_gpu(prepared: Project, recipe: str) -> None:
    if LOOPS[recipe] != "causal_lm":
        prepare_base(prepared, LOOPS[recipe])
    family, name = recipe.split("/")
    record = train(prepared, RunKey(family, name, ("hs_products",), 0))
    assert (record.status, record.reason) == ("ok", None)


@pytest.mark.usefixtures("several_gpus")
def test_a_loop_that_forgets_it_is_refused(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.training.loops.sft_loop.on_one_gpu", lambda arguments: arguments)
    with pytest.raises(ValueError, match="the trainer would use 3 GPUs"):
        train(prepared, RunKey("sft", "full", ("hs_products",), 0))
