"""The report on a policy: it starts at its parent, and the distance is that of the next tokens."""

from __future__ import annotations

from pathlib import Path

import peft
import pytest
import torch

from harness.config.project import Project
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.training.policy_report import answer_kl, policy_report
from tests.methods.test_preference_methods import context_of


def test_a_policy_is_its_parent_until_its_adapter_moves(prepared: Project, tmp_path: Path) -> None:
    context = context_of(prepared, "preference/dpo", tmp_path / "run")
    base = load_folder(prepared.base_folder("causal_lm"), prepare_device("float32"))
    model = peft.get_peft_model(base.model, peft.LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear"))
    report = policy_report(model, base.tokenizer, context)
    assert report["prompts"] == 24
    assert report["kl"] == pytest.approx(0, abs=1e-5)
    assert report["length"] == report["parent_length"] > 0  # the same samples
    assert (report["gold"]["wins"], report["gold"]["losses"]) == (0, 0)
    assert report["raters"] == []
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    assert policy_report(model, base.tokenizer, context)["kl"] > 0.01
    prompts, answers = [[5, 6, 7], [8, 9]], [[10, 11], [12, 13, 14]]
    with torch.inference_mode():
        together = answer_kl(model, prompts, answers)
    for prompt, answer, found in zip(prompts, answers, together, strict=True):
        assert found == pytest.approx(kl_alone(model, prompt, answer), rel=1e-3)


def kl_alone(model: peft.PeftModel, prompt: list[int], answer: list[int]) -> float:
    """Of one answer without padding."""
    ids = torch.tensor([[*prompt, *answer]])
    with torch.inference_mode():
        policy = model(input_ids=ids).logits[0].log_softmax(-1)
        with model.disable_adapter():
            parent = model(input_ids=ids).logits[0].log_softmax(-1)
    places = range(len(prompt) - 1, len(prompt) + len(answer) - 1)
    return sum(float((policy[at].exp() * (policy[at] - parent[at])).sum()) for at in places)
