"""What peft leaves out of a checkpoint of virtual tokens: the network that makes them while it learns.

P-tuning and prefix tuning with a projection train a network whose output alone is saved as the adapter. From that
a training cannot go on: for P-tuning peft (0.21.2) lets the network start anew, for prefix tuning it fails to load.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

LEARNT = "learnt.safetensors"
"""Beside the adapter in a checkpoint: every parameter that learns."""


def learns_virtual_tokens(model: Any) -> bool:
    """Whether the model is one of peft's prompt-learning ones."""
    config = getattr(model, "active_peft_config", None)
    return bool(config is not None and config.is_prompt_learning)


def save_learnt(model: Any, path: Path) -> None:
    """Every parameter that learns, by name."""
    from safetensors.torch import save_file

    learnt = {name: p.detach().cpu().contiguous() for name, p in model.named_parameters() if p.requires_grad}
    save_file(learnt, path)


def restore_learnt(model: Any, path: Path) -> None:
    """Put back what `save_learnt` wrote, into parameters that are there and learn."""
    import torch
    from safetensors.torch import load_file

    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in load_file(path).items():
            parameters[name].copy_(value)
