"""EfficientNet-Lite0 (Tan and Le 2019, arXiv 1905.11946; the Lite variant has no squeeze-and-excitation, and ReLU6).

Batch normalisation is folded into the convolutions when the weights are converted, so a layer is a convolution with a
bias. The tower's output mixes maps of four depths: the last layer of a classifier has thrown away colour and place.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from harness.media.images import read_image
from harness.models.towers.tower import Tower, pooled_grid

NAME = "efficientnet_lite0"


@dataclass(frozen=True)
class Stage:
    """Blocks of one width."""

    blocks: int
    kernel: int
    stride: int
    """Of the first block."""
    expand: int
    """Width inside a block divided by the width of its input."""
    width: int


@dataclass(frozen=True)
class Shape:
    """Sizes of one network of this kind."""

    stem: int
    stages: tuple[Stage, ...]
    mapped: tuple[int, ...]
    """The stages, from 0, whose maps the tower gives."""
    side: int = 4
    """The maps are averaged to `side` x `side` fields, each of which becomes a vector."""
    pixels: int = 128
    """Pictures are scaled to so many pixels on a side, whatever their shape."""


LITE0 = Shape(
    stem=32,
    stages=(
        Stage(1, 3, 1, 1, 16),
        Stage(2, 3, 2, 6, 24),
        Stage(2, 5, 2, 6, 40),
        Stage(3, 3, 2, 6, 80),
        Stage(3, 5, 1, 6, 112),
        Stage(4, 5, 2, 6, 192),
        Stage(1, 3, 1, 6, 320),
    ),
    mapped=(1, 2, 4, 6),
)
TINY = Shape(stem=8, stages=(Stage(1, 3, 1, 1, 8), Stage(1, 3, 2, 2, 16)), mapped=(0, 1), side=2, pixels=32)
"""For tests and the smoke profile."""

SHAPES: Mapping[str, Shape] = {NAME: LITE0, "tiny_vision_tower": TINY}
"""Name in `tower.json` -> sizes."""

MEAN, SCALE = 127.0, 128.0
"""Of the pixels that the published weights were trained on: (pixel - 127) / 128."""


class SamePadded(nn.Conv2d):
    """A convolution with TensorFlow's `SAME` padding, with which the weights were trained: where the padding cannot be
    even, the right and lower sides get one more."""

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """(batch, in, height, width) -> (batch, out, height / stride, width / stride), rounded up."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        rows, columns = (max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in maps.shape[-2:])
        padded = nn.functional.pad(maps, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
        found: torch.Tensor = self._conv_forward(padded, self.weight, self.bias)
        return found


class Block(nn.Module):
    """Widen, filter each channel by itself, narrow; with a residual where input and output have the same shape."""

    def __init__(self, before: int, stage: Stage, *, stride: int) -> None:
        super().__init__()
        inner = before * stage.expand
        self.expand = SamePadded(before, inner, 1) if stage.expand > 1 else None
        self.depthwise = SamePadded(inner, inner, stage.kernel, stride=stride, groups=inner)
        self.project = SamePadded(inner, stage.width, 1)
        self.residual = stride == 1 and before == stage.width

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """(batch, before, height, width) -> (batch, width, height / stride, width / stride)."""
        inner = maps if self.expand is None else nn.functional.relu6(self.expand(maps))
        narrow: torch.Tensor = self.project(nn.functional.relu6(self.depthwise(inner)))
        return maps + narrow if self.residual else narrow


class EfficientNet(Tower):
    """The convolutions; the 1,280-channel head and the classifier of the published network are left out."""

    reads = "image"

    def __init__(self, shape: Shape = LITE0) -> None:
        super().__init__()
        self.shape = shape
        self.stem = SamePadded(3, shape.stem, 3, stride=2)
        self.stages = nn.ModuleList()
        before = shape.stem
        for stage in shape.stages:
            blocks = [_block(before, stage, place=one) for one in range(stage.blocks)]
            self.stages.append(nn.Sequential(*blocks))
            before = stage.width
        self.places = shape.side**2
        self.width = sum(shape.stages[place].width for place in shape.mapped)

    def read(self, file: Path) -> torch.Tensor:
        """Pixels of shape (3, pixels, pixels), about -1 to 1."""
        import numpy as np
        from PIL import Image

        side = self.shape.pixels
        image = read_image(file).resize((side, side), Image.Resampling.BILINEAR)
        return torch.from_numpy((np.asarray(image, dtype=np.float32) - MEAN) / SCALE).permute(2, 0, 1)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Pixels of shape (batch, 3, pixels, pixels) -> vectors of shape (batch, places, width)."""
        maps = nn.functional.relu6(self.stem(inputs))
        found = []
        for place, stage in enumerate(self.stages):
            maps = stage(maps)
            if place in self.shape.mapped:
                found.append(pooled_grid(maps, self.shape.side))
        return torch.cat(found, dim=-1)


def converted(published: Mapping[str, Any]) -> dict[str, Any]:
    """The published state dict (names as in EfficientNet-PyTorch: `_conv_stem`, `_blocks.0._bn1`) under the names of
    `EfficientNet`, with batch normalisation folded into the convolutions.

    Raises:
        KeyError: a weight is missing.
    """
    state: dict[str, Any] = {}
    _fold(published, "_conv_stem", "_bn0", state, "stem")
    place = 0
    for number, stage in enumerate(LITE0.stages):
        for one in range(stage.blocks):
            ours, theirs = f"stages.{number}.{one}", f"_blocks.{place}"
            if stage.expand > 1:
                _fold(published, f"{theirs}._expand_conv", f"{theirs}._bn0", state, f"{ours}.expand")
            _fold(published, f"{theirs}._depthwise_conv", f"{theirs}._bn1", state, f"{ours}.depthwise")
            _fold(published, f"{theirs}._project_conv", f"{theirs}._bn2", state, f"{ours}.project")
            place += 1
    return state


EPSILON = 1e-3
"""Of the published network's batch normalisation."""


def _fold(published: Mapping[str, Any], conv: str, norm: str, state: dict[str, Any], ours: str) -> None:
    """w x, then (y - mean) / sqrt(var + eps) * gain + bias, is one convolution."""
    gain = published[f"{norm}.weight"].double() / (published[f"{norm}.running_var"].double() + EPSILON).sqrt()
    bias = published[f"{norm}.bias"].double() - published[f"{norm}.running_mean"].double() * gain
    state[f"{ours}.weight"] = (published[f"{conv}.weight"].double() * gain[:, None, None, None]).float()
    state[f"{ours}.bias"] = bias.float()


def _block(before: int, stage: Stage, *, place: int) -> Block:
    """The block at a place of its stage; only the first one changes width and size of the maps."""
    return Block(before, stage, stride=stage.stride) if place == 0 else Block(stage.width, stage, stride=1)
