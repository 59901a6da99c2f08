"""A step that reads once what its rows have in common: the same loss and the same gradients as the plain one."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.config.project import Project, RunKey
from harness.measure.device import prepare_device
from harness.models.prefix import reader
from harness.training.loops import sharing_trainer
from harness.training.loops.shared_prefix import behind_prefix, can_share, shared_tokens
from harness.training.registry import get_method
from harness.training.train import train
from tests.curve_file import curve_values
from tests.tree import ROOT

NO = -100
RECIPES = sorted(path.stem for path in (ROOT / "recipes/peft").glob("*.yaml") if path.stem[0] != "_")


def table(*rows: list[int]) -> torch.Tensor:
    return torch.tensor(rows)


def test_tokens_are_shared_up_to_the_first_difference() -> None:
    ids = table([5, 6, 7, 8, 9], [5, 6, 9, 8, 9])
    assert shared_tokens(ids, table([NO] * 4 + [9], [NO] * 4 + [9])) == 2


def test_the_token_before_the_first_label_stays_in_its_row() -> None:
    ids = table([5, 6, 7, 8, 9], [5, 6, 7, 8, 9])
    assert shared_tokens(ids, table([NO, NO, NO, 8, 9], [NO] * 4 + [9])) == 2


def test_rows_that_begin_differently_or_with_a_label_share_nothing() -> None:
    assert shared_tokens(table([1, 2], [3, 2]), table([NO, 2], [NO, 2])) == 0
    assert shared_tokens(table([1, 2], [1, 2]), table([1, 2], [NO, 2])) == 0


def adapted(project: Project, recipe: str) -> Any:
    """The method's own model before it has learnt anything."""
    from tests.bench.training import bench_context

    recipe_ = project.recipe(f"peft/{recipe}")
    device = prepare_device("float32")
    context = bench_context(project, recipe_, device=device, folder=project.root, examples=4)
    torch.manual_seed(0)
    method: Any = get_method(recipe_.run.method)
    model = method.adapt(method.start(context).model, context).train()
    with torch.no_grad():  # what starts at zero passes no gradient on
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.02)
    return model


def batch() -> dict[str, Any]:
    """Three rows that share twenty tokens, padded on the right."""
    torch.manual_seed(1)
    head, rows = torch.randint(5, 250, (20,)), [torch.randint(5, 250, (length,)) for length in (9, 6, 4)]
    ids, labels, mask = (torch.full((3, 29), fill) for fill in (0, NO, 0))
    for row, own in enumerate(rows):
        ids[row, : 20 + len(own)] = torch.cat((head, own))
        mask[row, : 20 + len(own)] = 1
        labels[row, 20 + len(own) - 3 : 20 + len(own)] = own[-3:]
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def loss_and_gradients(model: Any, asked: Any, inputs: dict[str, Any]) -> tuple[float, dict[str, torch.Tensor]]:
    model.zero_grad()
    loss = asked(**inputs).loss
    loss.backward()
    return float(loss.detach()), {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("recipe", RECIPES)
def test_loss_and_gradients_of_every_adapter_are_those_of_the_plain_step(prepared: Project, recipe: str) -> None:
    model, inputs = adapted(prepared, recipe), batch()
    shared = shared_tokens(inputs["input_ids"], inputs["labels"])
    assert shared == 20
    plain, gradients = loss_and_gradients(model, model, inputs)
    ours, others = loss_and_gradients(model, reader(model), behind_prefix(model, inputs, shared=shared))
    assert ours == pytest.approx(plain, abs=1e-5)
    assert gradients.keys() == others.keys()
    largest = max(float(gradient.abs().max()) for gradient in gradients.values())
    assert largest > 0
    for name, gradient in gradients.items():
        assert torch.allclose(gradient, others[name], atol=1e-3 * largest), name


def test_a_training_shares_and_its_losses_are_those_of_one_that_does_not(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainers = []
    init = sharing_trainer.SharingTrainer.__init__

    def watched(self: Any, *args: Any, **kwargs: Any) -> None:
        trainers.append(self)
        init(self, *args, **kwargs)

    monkeypatch.setattr(sharing_trainer.SharingTrainer, "__init__", watched)
    key = RunKey("peft", "lora", ("hs_products",), 0)
    curve = prepared.record_folder(key) / "train/curve.csv"
    losses = []
    for shares in (None, False):
        monkeypatch.setattr(sharing_trainer.SharingTrainer, "shares", shares)
        assert train(prepared, key).status == "ok"
        losses.append(curve_values(curve))
    assert [trainer.shares for trainer in trainers] == [True, False]
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)


def test_recomputed_activations_and_dropout_are_left_to_the_plain_step(prepared: Project) -> None:
    model = adapted(prepared, "lora")
    assert can_share(model)
    model.get_base_model().gradient_checkpointing_enable()
    assert not can_share(model)
    recipe = prepared.root / "recipes/peft/lora.yaml"
    recipe.write_text(recipe.read_text().replace("    r: 16", "    lora_dropout: 0.1\n    r: 16"))
    assert not can_share(adapted(Project(prepared.root), "lora"))


def test_a_model_for_which_it_gives_another_loss_is_trained_plainly(
    prepared: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(model: Any, inputs: dict[str, Any], *, shared: int) -> dict[str, Any]:
        given = behind_prefix(model, inputs, shared=shared)
        return {**given, "input_ids": given["input_ids"].flip(1)}

    monkeypatch.setattr(sharing_trainer, "behind_prefix", wrong)
    key = RunKey("peft", "lora", ("hs_products",), 0)
    assert train(prepared, key).status == "ok"
    assert "common prefixes are computed in every row" in capsys.readouterr().out
