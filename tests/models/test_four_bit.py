from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from harness.errors import RunFailed
from harness.measure.device import Device
from harness.models.four_bit import load_four_bit, require_four_bit
from harness.models.parameter_count import count_parameters, is_four_bit

CPU = Device("cpu", "a CPU", 1, "float32")


@pytest.fixture(scope="module")
def folder(prepared_template: Path) -> Path:
    return prepared_template / "data/bases/causal_lm"


def lora_on(folder: Path) -> Any:
    import peft

    model = load_four_bit(folder, CPU, quant_type="nf4", double_quant=True).model
    torch.manual_seed(0)
    config = peft.LoraConfig(task_type="CAUSAL_LM", r=4, target_modules="all-linear", init_lora_weights=False)
    return peft.get_peft_model(model, config)


def gradients(model: Any) -> dict[str, Any]:
    """Of the adapter's weights, for one text."""
    model.train()
    model.zero_grad()
    ids = torch.arange(10, 30).unsqueeze(0)
    model(input_ids=ids, labels=ids).loss.backward()
    return {name: weights.grad.clone() for name, weights in model.named_parameters() if weights.grad is not None}


def test_looking_at_the_outputs_leaves_the_gradients_as_they_were(folder: Path) -> None:
    model = lora_on(folder)
    before = gradients(model)
    model.eval()
    with torch.inference_mode():
        model(input_ids=torch.arange(10, 30).unsqueeze(0))
    after = gradients(model)
    assert before.keys() == after.keys()
    assert len(before) == 2 * 2 * 7  # two matrices beside each of seven linear layers in two blocks
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert all(gradient.abs().max() > 0 for gradient in before.values())


def test_no_layer_is_repacked_by_a_look_at_the_outputs(folder: Path) -> None:
    from bitsandbytes.nn.modules import Linear4bit

    model = load_four_bit(folder, CPU, quant_type="nf4", double_quant=True).model
    with torch.inference_mode():
        model(input_ids=torch.arange(10, 30).unsqueeze(0))
    layers: list[Any] = [layer for layer in model.modules() if isinstance(layer, Linear4bit)]
    assert len(layers) == 14
    assert not any(layer.support_avx512bf16_for_cpu for layer in layers)
    assert not any(getattr(layer.weight.quant_state, "packing_format_for_cpu", False) for layer in layers)


def test_weights_are_counted_and_not_their_bytes(folder: Path) -> None:
    from transformers import AutoModelForCausalLM

    plain = AutoModelForCausalLM.from_pretrained(folder)
    quantised = load_four_bit(folder, CPU, quant_type="nf4", double_quant=True).model
    assert count_parameters(quantised)[1] == count_parameters(plain)[1]
    assert count_parameters(plain)[0] == count_parameters(plain)[1]
    assert (is_four_bit(quantised), is_four_bit(plain)) == (True, False)


def test_it_computes_in_the_dtype_of_the_device(folder: Path) -> None:
    from bitsandbytes.nn.modules import Linear4bit

    device = Device("cpu", "a CPU", 1, "bfloat16")
    model = load_four_bit(folder, device, quant_type="nf4", double_quant=True).model
    layers = [layer for layer in model.modules() if isinstance(layer, Linear4bit)]
    assert {layer.compute_dtype for layer in layers} == {torch.bfloat16}
    assert model.get_input_embeddings().weight.dtype == torch.bfloat16


def test_a_device_that_cannot_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no kernel image is available")

    require_four_bit(CPU)
    monkeypatch.setattr("bitsandbytes.functional.quantize_4bit", missing)
    with pytest.raises(RunFailed, match="does not support 4-bit weights on Old GPU: no kernel image"):
        require_four_bit(Device("cpu", "Old GPU", 1, "float32"))
