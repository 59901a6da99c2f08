"""A method with another loss overrides the hooks only: trl's DPOTrainer on the tiny model, as a method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.items.rows import Preference
from harness.measure.device import prepare_device
from harness.models.loaded import LanguageModel
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import LoadContext, TrainContext, TrainedModel
from harness.training.loops.arguments import optimizer_steps, shared_arguments
from harness.training.loops.run_trainer import Outcome, run_trainer
from harness.training.supervised_lm import Encoded
from tests.bench.training import bench_context

EXAMPLES = 32


class ToyDPO(PeftLM):
    """Direct preference optimisation, without the data sheet of a real method."""

    views = ("preferences",)
    row_kind = Preference
    config_class = "LoraConfig"

    def examples(self, context: TrainContext, model: LanguageModel) -> Encoded:
        rows = context.rows(Preference, self.views, "train")
        texts = [{"prompt": row.prompt, "chosen": row.chosen, "rejected": row.rejected} for row in rows]
        tokens = sum(len(model.tokenizer(text).input_ids) for one in texts for text in one.values())
        return Encoded(texts, tokens=tokens, supervised_tokens=tokens, truncated=0, notes={"pairs": len(texts)})

    def fit(self, model: Any, tokenizer: Any, examples: Sequence[Any], context: TrainContext) -> Outcome:
        from datasets import Dataset
        from trl import DPOConfig, DPOTrainer

        steps = optimizer_steps(context, examples=len(examples))
        arguments = DPOConfig(**shared_arguments(context, steps=steps), max_length=context.budget.max_length)
        return run_trainer(
            lambda watcher: DPOTrainer(
                model=model,
                args=arguments,
                train_dataset=Dataset.from_list(list(examples)),
                processing_class=tokenizer,
                callbacks=[watcher],
            ),
            steps=steps,
            context=context,
        )


@pytest.fixture
def context(prepared: Project, tmp_path: Path) -> TrainContext:
    recipe = prepared.recipe("peft/lora")
    device = prepare_device("float32")
    context = bench_context(prepared, recipe, device=device, folder=tmp_path / "run", examples=EXAMPLES)
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    budget = context.budget.model_copy(update={"epochs": 2})
    return replace(context, base_name="tiny", domains=(domain,), budget=budget)


def adapter(context: LoadContext) -> bytes:
    return (context.folder / "adapter/adapter_model.safetensors").read_bytes()


def interrupted(self: Any, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
    if state.global_step > 2:
        raise KeyboardInterrupt


def test_hooks_alone_give_a_preference_method_its_facts_and_its_curve(context: TrainContext) -> None:
    trained = ToyDPO().train(context)
    assert (trained.examples, trained.steps, trained.notes) == (EXAMPLES, 4, {"pairs": EXAMPLES})
    assert trained.tokens % 2 == 0  # two epochs
    assert (trained.output_change or 0) > 0
    assert {"loss", "learning_rate", "rewards/margins"} <= {point.name for point in trained.curve}
    assert trained.curve == sorted(trained.curve)
    assert adapter(context)


def test_a_preference_method_continues_from_a_checkpoint_to_the_same_weights(
    context: TrainContext, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = ToyDPO().train(context)
    uninterrupted = adapter(context)
    resumable = replace(context, checkpoint_minutes=0.0)
    with monkeypatch.context() as patch:
        patch.setattr("harness.training.loops.watcher.Watcher.on_log", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ToyDPO().train(resumable)
    (context.folder / "adapter/adapter_model.safetensors").unlink()
    again = ToyDPO().train(resumable)
    assert "continuing from checkpoint-2" in capsys.readouterr().out
    assert adapter(context) == uninterrupted
    assert same_losses(again, whole)


def same_losses(one: TrainedModel, other: TrainedModel) -> bool:
    first, second = ([p for p in each.curve if p.name == "loss"] for each in (one, other))
    return first == second != []


def test_a_loop_that_changes_nothing_is_a_failed_run(context: TrainContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ToyDPO, "fit", lambda self, *args: Outcome(steps=1, curve=[]))
    with pytest.raises(RunFailed, match="training changed no output"):
        ToyDPO().train(context)
