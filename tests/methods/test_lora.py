import json

import pytest
import torch

from harness.config.project import Project, RunKey
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.models.loaded import LanguageModel
from harness.training.output_change import probe_logits
from harness.training.registry import get_method
from harness.training.train import load_context, train

KEY = RunKey("peft", "lora", ("hs_products",), 0)


def test_the_saved_adapter_comes_back_with_the_change_that_was_recorded(prepared: Project) -> None:
    record = train(prepared, KEY)
    device = prepare_device("float32")
    context = load_context(prepared, KEY, device=device)
    tuned = get_method("lora").load(context)
    base = get_method("zero_shot").load(context)
    assert isinstance(tuned, LanguageModel)
    assert isinstance(base, LanguageModel)
    probes = PreparedDomain.open(prepared.prepared_folder("hs_products")).questions("classify", "validation", limit=4)
    before, after = (probe_logits(model.model, model.tokenizer, probes) for model in (base, tuned))
    assert record.training is not None
    assert float((after - before).abs().max()) == pytest.approx(record.training.output_change, abs=1e-5)


def test_only_low_rank_matrices_are_saved(prepared: Project) -> None:
    from safetensors.torch import load_file

    train(prepared, KEY)
    saved = load_file(prepared.run_folder(KEY) / "adapter/adapter_model.safetensors")
    assert saved
    assert all("lora_A" in name or "lora_B" in name for name in saved)
    assert all(16 in tensor.shape for tensor in saved.values())
    assert not any(torch.equal(tensor, torch.zeros_like(tensor)) for name, tensor in saved.items() if "lora_B" in name)


def test_it_is_known_how_long_putting_the_adapter_on_took(prepared: Project) -> None:
    train(prepared, KEY)
    context = load_context(prepared, KEY, device=prepare_device("float32"))
    tuned, base = (get_method(name).load(context) for name in ("lora", "zero_shot"))
    assert isinstance(tuned, LanguageModel)
    assert isinstance(base, LanguageModel)
    assert tuned.adapter_seconds is not None
    assert tuned.adapter_seconds > 0
    assert base.adapter_seconds is None


def test_the_saved_configuration_lists_modules_in_order(prepared: Project) -> None:
    train(prepared, KEY)
    config = json.loads((prepared.run_folder(KEY) / "adapter/adapter_config.json").read_text())
    assert len(config["target_modules"]) > 1
    assert config["target_modules"] == sorted(config["target_modules"])
