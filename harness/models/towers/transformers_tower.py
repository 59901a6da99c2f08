"""Towers from folders of transformers: the vision half of CLIP or SigLIP, and the encoder of Whisper.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from harness.errors import DataError
from harness.media.images import read_image
from harness.models.towers.tower import Tower, pooled_grid
from harness.models.towers.whisper_encoder import NAME, WhisperTower

SIDE = 4
"""The patches are averaged to 4 x 4 fields."""

VISION = ("clip", "clip_vision_model", "siglip", "siglip_vision_model")
"""Model types whose vision half is used."""


class PatchTower(Tower):
    """A vision transformer. The states before the last layer are used, as in LLaVA (arXiv 2304.08485): the last layer
    is trained for one vector per picture."""

    reads = "image"

    def __init__(self, model: Any, processor: Any) -> None:
        """`model`: CLIPVisionModel or SiglipVisionModel; `processor`: its image processor."""
        super().__init__()
        self.model, self.processor = model, processor
        self.patches = (model.config.image_size // model.config.patch_size) ** 2
        self.places, self.width = SIDE**2, int(model.config.hidden_size)

    def read(self, file: Path) -> torch.Tensor:
        """Pixels of shape (3, height, width) as the model was trained on."""
        return torch.as_tensor(self.processor(images=read_image(file), return_tensors="np")["pixel_values"][0])

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Pixels -> vectors of shape (batch, places, width). CLIP's class token is left out; SigLIP has none."""
        states = self.model(pixel_values=inputs, output_hidden_states=True).hidden_states[-2][:, -self.patches :]
        grid = states.transpose(1, 2).unflatten(-1, (int(self.patches**0.5), -1))
        return pooled_grid(grid, SIDE)

    def save(self, folder: Path) -> None:
        """Write a folder of transformers."""
        self.model.save_pretrained(folder)
        self.processor.save_pretrained(folder)


def from_transformers(folder: Path) -> Tower:
    """The tower in a folder of transformers.

    Raises:
        DataError: the folder holds another kind of model.
    """
    import transformers

    config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    if config.model_type == "whisper":
        return _whisper(folder, config)
    if config.model_type not in VISION:
        raise DataError(
            f"no tower can be made of a model of the type {config.model_type}",
            where=str(folder),
            expected=f"one of {', '.join(VISION)}, whisper",
            hint="check base_models in params.yaml",
        )
    name = "CLIPVisionModel" if config.model_type.startswith("clip") else "SiglipVisionModel"
    model = getattr(transformers, name).from_pretrained(folder, local_files_only=True)
    processor = transformers.AutoImageProcessor.from_pretrained(folder, local_files_only=True)
    return PatchTower(model.eval(), processor)


def _whisper(folder: Path, config: Any) -> Tower:
    import transformers

    encoder: nn.Module = transformers.WhisperModel.from_pretrained(folder, local_files_only=True).encoder
    sizes = {"width": config.d_model, "layers": config.encoder_layers, "mels": config.num_mel_bins}
    sizes["positions"] = config.max_source_positions
    tower = WhisperTower(**sizes)
    tower.facts = {"tower": NAME, **sizes}
    tower.load_state_dict(encoder.state_dict())
    return tower
