"""The converted network computes what the published one does, and files become fields."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from harness.bases.towers import convert_efficientnet, make_vision_tower
from harness.errors import DataError
from harness.measure.device import prepare_device
from harness.models.towers.efficientnet_lite0 import EPSILON, LITE0, Block, EfficientNet, SamePadded, Stage, converted
from harness.models.towers.load import load_tower
from tests.media_domain import picture


def published() -> dict[str, Any]:
    """Random weights under the published names."""
    torch.manual_seed(0)
    state: dict[str, Any] = {}

    def layer(conv: str, norm: str, shape: tuple[int, ...]) -> None:
        state[f"{conv}.weight"] = torch.randn(shape) * 0.1
        for part in ("weight", "bias", "running_mean"):
            state[f"{norm}.{part}"] = torch.randn(shape[0])
        state[f"{norm}.running_var"] = torch.rand(shape[0]) + 0.5

    layer("_conv_stem", "_bn0", (32, 3, 3, 3))
    place, before = 0, 32
    for stage in LITE0.stages:
        for _ in range(stage.blocks):
            name, inner = f"_blocks.{place}", before * stage.expand
            if stage.expand > 1:
                layer(f"{name}._expand_conv", f"{name}._bn0", (inner, before, 1, 1))
            layer(f"{name}._depthwise_conv", f"{name}._bn1", (inner, 1, stage.kernel, stage.kernel))
            layer(f"{name}._project_conv", f"{name}._bn2", (stage.width, inner, 1, 1))
            place, before = place + 1, stage.width
    return state


def test_folding_changes_nothing(tmp_path: Path) -> None:
    state = published()
    torch.save(state, tmp_path / "weights.pth")
    convert_efficientnet(tmp_path / "weights.pth", tmp_path / "tower")
    tower = load_tower(tmp_path / "tower", prepare_device("float32"))
    pixels = torch.randn(2, 3, 33, 33)
    plain = SamePadded(3, 32, 3, stride=2, bias=False)
    plain.load_state_dict({"weight": state["_conv_stem.weight"]})
    norm = nn.BatchNorm2d(32, eps=EPSILON)
    parts = ("weight", "bias", "running_mean", "running_var")
    norm.load_state_dict({part: state[f"_bn0.{part}"] for part in parts}, strict=False)
    with torch.inference_mode():
        assert isinstance(tower, EfficientNet)
        assert torch.allclose(tower.stem(pixels), norm.eval()(plain(pixels)), atol=1e-5)
        assert tower(torch.randn(2, 3, 128, 128)).shape == (2, 16, 24 + 40 + 112 + 320)


def test_a_block_keeps_the_size_or_halves_it() -> None:
    stage = Stage(1, 5, 2, 6, 8)
    with torch.inference_mode():
        assert Block(8, stage, stride=2)(torch.randn(1, 8, 7, 7)).shape == (1, 8, 4, 4)
        assert Block(8, stage, stride=1)(torch.randn(1, 8, 7, 7)).shape == (1, 8, 7, 7)


def test_a_file_without_the_weights_is_refused(tmp_path: Path) -> None:
    state = published()
    del state["_blocks.3._bn1.bias"]
    torch.save(state, tmp_path / "weights.pth")
    with pytest.raises(DataError, match=r"_blocks\.3\._bn1\.bias"):
        convert_efficientnet(tmp_path / "weights.pth", tmp_path / "tower")
    with pytest.raises(KeyError):
        converted({})


def test_the_tiny_tower_is_the_same_every_time_and_tells_pictures_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_vision_tower(tmp_path, tmp_path / name)
        (tmp_path / f"{name}.png").write_bytes(picture((200, 10, 10) if name == "a" else (10, 10, 200)))
    weights = [(tmp_path / name / "tower.safetensors").read_bytes() for name in ("a", "b")]
    assert weights[0] == weights[1]
    tower = load_tower(tmp_path / "a", prepare_device("float32"))
    red, blue = (tower(tower.read(tmp_path / f"{name}.png").unsqueeze(0)) for name in ("a", "b"))
    assert red.shape == (1, tower.places, tower.width)
    assert not torch.allclose(red, blue)
