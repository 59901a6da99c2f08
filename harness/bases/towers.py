"""Towers made loadable: published weights converted to safetensors once, and tiny random ones for smoke tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.errors import DataError

SEED = 0


def convert_efficientnet(path: Path, folder: Path) -> None:
    """Convert the published state dict of EfficientNet-Lite0 (ImageNet). Nothing in the file is executed.

    Raises:
        DataError: the file holds no such state dict.
    """
    import pickle

    import torch

    from harness.models.towers.efficientnet_lite0 import NAME, converted
    from harness.models.towers.load import tower_of

    tower = tower_of({"tower": NAME})
    try:
        tower.load_state_dict(converted(torch.load(path, map_location="cpu", weights_only=True)))
    except (pickle.UnpicklingError, EOFError, KeyError, RuntimeError) as error:
        raise _no_weights("EfficientNet-Lite0", path, error) from error
    tower.save(folder)


def convert_whisper(path: Path, folder: Path) -> None:
    """Convert the encoder of a Whisper model in CTranslate2's format; the decoder is left out.

    Raises:
        DataError: the file is no such model.
    """
    from harness.bases.ctranslate2 import read_variables
    from harness.models.towers.load import tower_of
    from harness.models.towers.whisper_encoder import NAME, converted, layers_of

    variables = read_variables(path, expected="WhisperSpec")
    try:
        state = converted(variables)
        width, mels, _ = state["conv1.weight"].shape
        sizes = {"width": width, "mels": mels, "layers": layers_of(variables)}
        sizes["positions"] = state["embed_positions.weight"].shape[0]
        tower = tower_of({"tower": NAME, **sizes})
        tower.load_state_dict(state)
    except (KeyError, RuntimeError, TypeError) as error:
        raise _no_weights("the encoder of Whisper", path, error) from error
    tower.save(folder)


def make_vision_tower(texts: Path, folder: Path) -> None:
    """A network of EfficientNet's blocks with about 2,000 random weights. `texts` is not read."""
    _save_random({"tower": "tiny_vision_tower"}, folder)


def make_audio_tower(texts: Path, folder: Path) -> None:
    """A Whisper encoder with one layer and about 100,000 random weights. `texts` is not read."""
    sizes = {"width": 64, "mels": 80, "layers": 1, "positions": 100, "places": 4, "seconds": 1}
    _save_random({"tower": "whisper_encoder", **sizes}, folder)


def _save_random(facts: dict[str, Any], folder: Path) -> None:
    import torch

    from harness.models.towers.load import tower_of

    torch.manual_seed(SEED)
    tower_of(facts).save(folder)


def _no_weights(what: str, path: Path, error: Exception) -> DataError:
    return DataError(
        f"the file does not hold the weights of {what}: {error}",
        where=str(path),
        hint="check `path` of the base model in params.yaml",
    )
