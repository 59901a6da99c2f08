from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load_file
from torch.optim.optimizer import register_optimizer_step_post_hook

from harness.config.project import Project, RunKey
from harness.measure.device import prepare_device
from harness.methods.full import Full
from harness.training.registry import get_method
from harness.training.train import load_context, train

KEY = RunKey("sft", "full", ("hs_products",), 0)


def test_every_weight_learns_and_the_saved_model_stands_alone(prepared: Project) -> None:
    record = train(prepared, KEY)
    assert record.training is not None
    assert record.training.trainable_parameters == record.training.total_parameters
    base = load_file(prepared.base_folder("causal_lm") / "model.safetensors")
    saved = load_file(prepared.run_folder(KEY) / "model/model.safetensors")
    assert set(saved) == set(base)
    assert all((saved[name] != base[name]).any() for name in base)
    for path in Path(prepared.base_folder("causal_lm")).iterdir():
        path.unlink()  # the base is not needed any more
    context = load_context(prepared, KEY, device=prepare_device("float32"))
    loaded = get_method("full").load(context)
    assert loaded.abilities == {"text", "embeddings"}


def test_weights_and_moments_are_float32_beside_bfloat16_products(prepared: Project) -> None:
    params = prepared.root / "params.yaml"
    params.write_text(params.read_text().replace("precision: float32", "precision: bfloat16"))
    seen: set[torch.dtype] = set()

    def look(optimizer: Any, *_: object) -> None:
        for weights, state in optimizer.state.items():
            seen.update((weights.dtype, weights.grad.dtype, state["exp_avg"].dtype, state["exp_avg_sq"].dtype))

    hook = register_optimizer_step_post_hook(look)
    try:
        record = train(Project(prepared.root), KEY)
    finally:
        hook.remove()
    assert (record.status, record.provenance.precision) == ("ok", "mixed")
    assert seen == {torch.float32}
    saved = load_file(prepared.run_folder(KEY) / "model/model.safetensors")
    assert {weights.dtype for weights in saved.values()} == {np.dtype("float32")}


def test_weights_that_are_trained_are_not_rounded_to_bfloat16_first(prepared: Project) -> None:
    narrow = replace(prepare_device("float32"), dtype="bfloat16")
    start = Full().start(load_context(prepared, KEY, device=narrow)).model
    base = load_file(prepared.base_folder("causal_lm") / "model.safetensors")
    assert all((weights.detach().numpy() == base[name]).all() for name, weights in start.named_parameters())
