"""The loop for encoder-decoders; the real trainer on the tiny T5."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.training.loops.seq2seq_loop import mean_loss
from harness.training.train import train
from tests.curve_file import curve_values

KEY = RunKey("seq2seq", "full", ("hs_products",), 0)


@pytest.fixture
def project(prepared: Project) -> Project:
    prepare_base(prepared, "seq2seq_lm")
    return prepared


def with_train(project: Project, line: str) -> Project:
    path: Path = project.root / "recipes/seq2seq/full.yaml"
    path.write_text(path.read_text().replace("  train:\n", f"  train:\n    {line}\n"))
    return Project(project.root)


def test_the_loss_is_the_models_own_and_padding_does_not_count(project: Project) -> None:
    loaded = load_folder(project.base_folder("seq2seq_lm"), prepare_device("float32"))
    labels = torch.tensor([[5, 6, 1], [7, 1, -100]])
    with torch.inference_mode():
        outputs = loaded.model(input_ids=torch.tensor([[8, 9, 1], [9, 1, 0]]), labels=labels)
    assert float(mean_loss(outputs, labels)) == pytest.approx(float(outputs.loss), abs=1e-5)
    assert float(mean_loss(outputs, labels, num_items_in_batch=10)) == pytest.approx(float(outputs.loss) / 2, abs=1e-5)


def test_parts_of_a_batch_accumulated_have_the_loss_of_the_whole(project: Project) -> None:
    """Answers differ in length, so that the mean of the parts' means is another number. Without dropout, which draws
    anew for each part.
    """
    config = project.base_folder("seq2seq_lm") / "config.json"
    config.write_text(config.read_text().replace('"dropout_rate": 0.1', '"dropout_rate": 0.0'))
    whole = first_loss(project)
    smaller = "per_device_train_batch_size: 4\n    gradient_accumulation_steps: 4"
    assert first_loss(with_train(project, smaller)) == pytest.approx(whole, abs=1e-4)


def first_loss(project: Project) -> float:
    train(project, KEY)
    return curve_values(project.record_folder(KEY) / "train/curve.csv")[0]


def test_activations_can_be_computed_again(project: Project) -> None:
    assert train(with_train(project, "activation_checkpointing: true"), KEY).status == "ok"


def test_liger_kernels_are_refused(project: Project) -> None:
    record = train(with_train(project, "use_liger_kernel: true"), KEY)
    assert record.reason == "refused: use_liger_kernel is for causal models"


def test_a_loss_that_is_not_a_number_is_a_row_with_its_reason(project: Project) -> None:
    path = project.root / "recipes/seq2seq/lora.yaml"
    path.write_text(path.read_text().replace("lora_alpha: 32", "lora_alpha: .nan"))
    record = train(Project(project.root), RunKey("seq2seq", "lora", ("hs_products",), 0))
    assert "diverged" in (record.reason or "")
