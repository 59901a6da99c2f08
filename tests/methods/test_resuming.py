"""An interrupted training of any kind of adapter goes on to the weights that it would have had."""

from __future__ import annotations

from typing import Any

import pytest

from harness.config.project import Project, RunKey
from harness.training.train import train


def interrupted(self: Any, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
    if state.global_step > 2:
        raise KeyboardInterrupt


@pytest.mark.parametrize("recipe", ["adapter", "qlora", "p_tuning", "prefix_tuning", "p_tuning_v2"])
def test_it_continues_to_the_same_weights(prepared: Project, monkeypatch: pytest.MonkeyPatch, recipe: str) -> None:
    key = RunKey("peft", recipe, ("hs_products",), 0)
    folder = prepared.run_folder(key) / "adapter"
    train(prepared, key)
    (weights,) = folder.glob("*.safetensors")
    uninterrupted = weights.read_bytes()
    params = prepared.root / "params.yaml"
    params.write_text(params.read_text().replace("checkpoint_minutes: 10", "checkpoint_minutes: 0"))
    project = Project(prepared.root)
    monkeypatch.setattr("harness.training.loops.watcher.Watcher.on_log", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(project, key)
    monkeypatch.undo()
    weights.unlink()
    assert list((prepared.root / "runs/.checkpoints" / key.id).glob("checkpoint-2"))
    train(project, key)
    assert weights.read_bytes() == uninterrupted
