"""Towers from folders of transformers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from harness.errors import DataError
from harness.measure.device import prepare_device
from harness.models.towers.load import load_tower
from tests.media_domain import picture


@pytest.mark.parametrize("name", ["Clip", "Siglip"])
def test_the_patches_of_a_vision_model_are_averaged_to_fields(tmp_path: Path, name: str) -> None:
    import transformers

    full = {"Clip": "CLIP", "Siglip": "Siglip"}[name]
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = getattr(transformers, f"{full}VisionConfig")(**sizes, image_size=32, patch_size=4)
    getattr(transformers, f"{full}VisionModel")(config).save_pretrained(tmp_path / "model")
    processor = getattr(transformers, f"{full}ImageProcessor")(size={"height": 32, "width": 32}, do_center_crop=False)
    processor.save_pretrained(tmp_path / "model")
    (tmp_path / "red.png").write_bytes(picture((200, 10, 10)))
    tower = load_tower(tmp_path / "model", prepare_device("float32"))
    with torch.inference_mode():
        vectors = tower(tower.read(tmp_path / "red.png").unsqueeze(0))
    assert vectors.shape == (1, 16, 32)
    assert torch.isfinite(vectors).all()


def test_another_model_is_no_tower(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with pytest.raises(DataError, match="no tower can be made of a model of the type llama"):
        load_tower(tmp_path, prepare_device("float32"))
    with pytest.raises(DataError, match="no tower here"):
        load_tower(tmp_path / "nothing", prepare_device("float32"))
