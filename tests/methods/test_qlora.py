from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project, RunKey
from harness.errors import ConfigError
from harness.training.train import train

KEY = RunKey("peft", "qlora", ("hs_products",), 0)


def edit(project: Project, old: str, new: str) -> Project:
    path = project.root / "recipes/peft/qlora.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return Project(project.root)


def test_a_device_without_four_bits_is_a_row_told_before_the_model_is_loaded(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no kernel image is available")

    def load(*args: object, **kwargs: object) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("bitsandbytes.functional.quantize_4bit", missing)
    monkeypatch.setattr("harness.models.four_bit.load_folder", load)
    record = train(prepared, KEY)
    assert record.status == "failed"
    assert record.reason is not None
    assert record.reason.startswith("refused: bitsandbytes does not support 4-bit weights on")


def test_its_matrices_stay_in_float32_while_they_learn(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[Any] = set()

    def watch(self: Any, **kwargs: Any) -> None:
        seen.update(str(weights.dtype) for weights in self.model.parameters() if weights.requires_grad)

    monkeypatch.setattr("harness.training.loops.sft_loop.SharingTrainer.train", watch)
    train(prepared, KEY)
    assert seen == {"torch.float32"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("quant_type: nf4", "quant_type: nf3", 'did you mean "nf4"'),
        ("double_quant: true", "double_quant: 1", "true or false"),
        ("method: qlora", "method: qlora\n  init: sft/full", "cannot start from the run of another recipe"),
    ],
)
def test_what_it_cannot_do_is_refused_before_the_training(prepared: Project, old: str, new: str, told: str) -> None:
    project = edit(prepared, old, new)
    with pytest.raises(ConfigError) as raised:
        train(project, KEY)
    assert told in str(raised.value)
    assert not prepared.run_folder(KEY).exists()


def test_its_saved_matrices_are_the_only_weights(prepared: Project) -> None:
    from safetensors.torch import load_file

    train(prepared, KEY)
    folder: Path = prepared.run_folder(KEY) / "adapter"
    saved = load_file(folder / "adapter_model.safetensors")
    assert len(saved) == 2 * 2 * 7
    assert all("lora_" in name for name in saved)
