"""Load a tower from a folder that the stage `base` or a training wrote.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.measure.device import Device
from harness.models.towers import efficientnet_lite0, whisper_encoder
from harness.models.towers.tower import FACTS, WEIGHTS, Tower
from harness.models.towers.transformers_tower import from_transformers


def load_tower(folder: Path, device: Device) -> Tower:
    """The tower, frozen and in float32: its vectors are computed once per file.

    Raises:
        DataError: the folder holds no tower, or weights of other shapes.
    """
    if (folder / FACTS).is_file():
        tower = _own(folder)
    elif (folder / "config.json").is_file():
        tower = from_transformers(folder)
    else:
        hint = "name the tower in base_models and base_roles of params.yaml, and run `dvc repro base`"
        raise DataError("no tower here", where=str(folder), hint=hint)
    return tower.requires_grad_(False).to(device.kind).eval()


def tower_of(facts: dict[str, Any]) -> Tower:
    """The tower that `tower.json` describes, with random weights.

    Raises:
        KeyError: no such architecture.
    """
    made: Tower
    if facts["tower"] == whisper_encoder.NAME:
        made = whisper_encoder.WhisperTower(**{name: value for name, value in facts.items() if name != "tower"})
    else:
        made = efficientnet_lite0.EfficientNet(efficientnet_lite0.SHAPES[facts["tower"]])
    made.facts = facts
    return made


def _own(folder: Path) -> Tower:
    from safetensors.torch import load_file

    tower = tower_of(json.loads((folder / FACTS).read_text(encoding="utf-8")))
    try:
        tower.load_state_dict(load_file(folder / WEIGHTS))
    except RuntimeError as error:
        what = f"the weights do not fit the tower that {FACTS} describes: {error}"
        raise DataError(what, where=str(folder / WEIGHTS), hint="run `dvc repro base`") from error
    return tower
