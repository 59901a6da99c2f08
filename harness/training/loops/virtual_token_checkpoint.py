"""Checkpoints of virtual tokens: peft leaves out the network that produces them during training.

P-tuning and prefix tuning with a projection train a network and save only its output as the adapter. A training
cannot continue from that output: with P-tuning peft (0.21.2) starts with a new network, with prefix tuning it fails
to load.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

LEARNT = "learnt.safetensors"
"""File beside the adapter in a checkpoint: every parameter that learns."""


def learns_virtual_tokens(model: Any) -> bool:
    """Whether the model has one of peft's prompt-learning adapters."""
    config = getattr(model, "active_peft_config", None)
    return bool(config is not None and config.is_prompt_learning)


def save_learnt(model: Any, path: Path) -> None:
    """Save every parameter that learns, by name."""
    from safetensors.torch import save_file

    learnt = {name: p.detach().cpu().contiguous() for name, p in model.named_parameters() if p.requires_grad}
    save_file(learnt, path)


def restore_learnt(model: Any, path: Path) -> None:
    """Copy what `save_learnt` wrote into the model's parameters of the same names."""
    import torch
    from safetensors.torch import load_file

    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in load_file(path).items():
            parameters[name].copy_(value)
