from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from harness.config.project import Project
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.training.loops.sft_loop import run_sft
from tests.bench.memory import made_up_rows
from tests.bench.training import bench_context


def test_outputs_after_a_mixed_training_are_computed_as_before_it(prepared: Project, tmp_path: Path) -> None:
    """Otherwise a training that changes no weight would seem to change outputs, by rounding alone."""
    device = replace(prepare_device("float32"), mixed=True)
    loaded = load_folder(prepared.base_folder("causal_lm"), device)
    recipe = prepared.recipe("sft/full")
    context = bench_context(prepared, recipe, device=device, folder=tmp_path / "run", examples=4)
    run_sft(loaded.model, loaded.tokenizer, made_up_rows(4, 24, vocabulary=1000), context=context)
    with torch.inference_mode():
        states = loaded.model.model(input_ids=torch.tensor([[5, 6, 7]])).last_hidden_state
        query = loaded.model.model.layers[0].self_attn.q_proj(states)
    assert not hasattr(loaded.model, "_original_forward")
    assert query.dtype == torch.float32
