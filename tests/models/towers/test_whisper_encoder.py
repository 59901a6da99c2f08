"""The encoder of Whisper from a CTranslate2 file computes what transformers computes."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from harness.bases.ctranslate2 import DTYPES, read_variables
from harness.bases.towers import convert_whisper
from harness.errors import DataError
from harness.measure.device import prepare_device
from harness.models.towers.load import load_tower
from harness.models.towers.whisper_encoder import RATE, WhisperTower

WIDTH, LAYERS, MELS = 128, 2, 80


@pytest.fixture(scope="module")
def encoder() -> Any:
    """transformers' encoder with random weights."""
    from transformers import WhisperConfig
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

    torch.manual_seed(0)
    config = WhisperConfig(
        d_model=WIDTH, encoder_layers=LAYERS, encoder_attention_heads=WIDTH // 64, encoder_ffn_dim=4 * WIDTH
    )
    return WhisperEncoder(config).eval()


@pytest.fixture(scope="module")
def model_bin(encoder: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same weights as CTranslate2 writes them, beside one of the decoder."""
    state = {name: value.numpy() for name, value in encoder.state_dict().items()}
    variables: dict[str, np.ndarray[Any, Any]] = {"decoder/scale": np.array(1.5, dtype=np.float32)}
    for name in ("conv1", "conv2"):
        variables |= {f"encoder/{name}/{part}": state[f"{name}.{part}"] for part in ("weight", "bias")}
    variables["encoder/position_encodings/encodings"] = state["embed_positions.weight"]
    parts = {"gamma": "weight", "beta": "bias"}
    variables |= {f"encoder/layer_norm/{ours}": state[f"layer_norm.{theirs}"] for ours, theirs in parts.items()}
    for layer in range(LAYERS):
        begin, theirs = f"encoder/layer_{layer}", f"layers.{layer}"
        for ours, name in parts.items():
            variables[f"{begin}/self_attention/layer_norm/{ours}"] = state[f"{theirs}.self_attn_layer_norm.{name}"]
            variables[f"{begin}/ffn/layer_norm/{ours}"] = state[f"{theirs}.final_layer_norm.{name}"]
        for name in ("weight", "bias"):
            values = [state.get(f"{theirs}.self_attn.{one}_proj.{name}", np.zeros(WIDTH, np.float32)) for one in "qkv"]
            variables[f"{begin}/self_attention/linear_0/{name}"] = np.concatenate(values)
            variables[f"{begin}/self_attention/linear_1/{name}"] = state[f"{theirs}.self_attn.out_proj.{name}"]
            for place in (0, 1):
                variables[f"{begin}/ffn/linear_{place}/{name}"] = state[f"{theirs}.fc{place + 1}.{name}"]
    path = tmp_path_factory.mktemp("whisper") / "model.bin"
    path.write_bytes(ct2("WhisperSpec", variables))
    return path


def ct2(kind: str, variables: dict[str, np.ndarray[Any, Any]]) -> bytes:
    """A model file of CTranslate2, version 6, with one alias."""

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    content = struct.pack("<I", 6) + text(kind) + struct.pack("<II", 3, len(variables))
    for name, values in variables.items():
        shape = struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape)
        content += text(name) + shape + struct.pack("<BI", DTYPES.index(str(values.dtype)), values.nbytes)
        content += values.tobytes()
    return content + struct.pack("<I", 1) + text("decoder/same") + text("decoder/scale")


def test_the_converted_encoder_gives_the_states_of_transformers(encoder: Any, model_bin: Path, tmp_path: Path) -> None:
    convert_whisper(model_bin, tmp_path / "tower")
    tower = load_tower(tmp_path / "tower", prepare_device("float32"))
    assert isinstance(tower, WhisperTower)
    mel = torch.randn(1, MELS, 3000, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.allclose(tower.states(mel), encoder(mel).last_hidden_state, atol=1e-4)
        assert tower(mel[..., :500]).shape == (1, tower.places, WIDTH)


def test_the_spectrogram_is_that_of_transformers() -> None:
    from transformers import WhisperFeatureExtractor

    sound = np.random.default_rng(0).normal(size=RATE).astype(np.float32) * 0.1
    theirs = WhisperFeatureExtractor()(sound, sampling_rate=RATE, padding="longest", return_tensors="np")
    ours = WhisperTower(width=64, layers=1, mels=MELS, positions=1500).spectrogram(torch.from_numpy(sound))
    assert np.allclose(ours.numpy(), theirs["input_features"][0], atol=1e-4)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"not a model at all", "unknown, version"),
        (ct2("TransformerSpec", {"decoder/scale": np.array(1.5, dtype=np.float32)}), "its kind is TransformerSpec"),
        (ct2("WhisperSpec", {"decoder/scale": np.ones(9, dtype=np.float32)})[:50], "damaged or truncated"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(DataError, match=reason):
        read_variables(tmp_path / "model.bin", expected="WhisperSpec")


def test_an_alias_has_the_values_of_its_variable(model_bin: Path) -> None:
    assert float(read_variables(model_bin, expected="WhisperSpec")["decoder/same"]) == 1.5
