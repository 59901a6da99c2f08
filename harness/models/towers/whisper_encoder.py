"""The encoder of Whisper (Radford et al. 2022, arXiv 2212.04356): sound becomes 50 vectors a second.

The decoder is left out. Names of weights are those of transformers' `WhisperEncoder`, whose outputs it gives; but it
reads recordings of any length up to 30 seconds, where transformers computes 30 seconds for every recording.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import nn

from harness.media.sounds import read_sound
from harness.models.towers.tower import Tower, pooled_places

NAME = "whisper_encoder"

RATE, WINDOW, HOP = 16_000, 400, 160
"""Samples per second, and samples of a frame and between two frames."""
SECONDS = 30
"""Longest recording; of a longer one the beginning is read."""
HEAD = 64
"""Width of an attention head in all published sizes."""


class WhisperTower(Tower):
    """Recordings are padded with silence to the tower's length; the vectors are averaged to `places`.

    `seconds`: length that every recording is cut or padded to, so that all give the same shape and short ones cost
    little.
    """

    reads = "audio"

    def __init__(
        self, *, width: int, layers: int, mels: int, positions: int, places: int = 16, seconds: float = 5
    ) -> None:
        super().__init__()
        self.places, self.width, self.mels = places, width, mels
        self.samples = int(min(seconds, SECONDS, positions * 2 * HOP / RATE) * RATE)
        self.conv1 = nn.Conv1d(mels, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(positions, width)
        self.layers = nn.ModuleList(EncoderLayer(width) for _ in range(layers))
        self.layer_norm = nn.LayerNorm(width)

    def read(self, file: Path) -> torch.Tensor:
        """The log-mel spectrogram of a WAV file, shape (mels, frames)."""
        samples, _ = read_sound(file, rate=RATE)
        sound = torch.from_numpy(samples[: self.samples])
        return self.spectrogram(nn.functional.pad(sound, (0, self.samples - len(sound))))

    def spectrogram(self, sound: torch.Tensor) -> torch.Tensor:
        """Shape (mels, samples / 160) of a waveform at 16 kHz; the loudest 80 dB, scaled as Whisper was trained."""
        spectrum = torch.stft(sound, WINDOW, HOP, window=torch.hann_window(WINDOW), return_complex=True)
        mel = self._filters.T @ spectrum[:, :-1].abs().square()
        loudness = mel.clamp(min=1e-10).log10()
        return (loudness.maximum(loudness.max() - 8) + 4) / 4

    @cached_property
    def _filters(self) -> torch.Tensor:
        """Triangles on the mel scale, shape (201, mels)."""
        from transformers.audio_utils import mel_filter_bank

        bank = mel_filter_bank(
            num_frequency_bins=1 + WINDOW // 2,
            num_mel_filters=self.mels,
            min_frequency=0.0,
            max_frequency=RATE / 2,
            sampling_rate=RATE,
            norm="slaney",
            mel_scale="slaney",
        )
        return torch.from_numpy(bank).float()

    def states(self, inputs: torch.Tensor) -> torch.Tensor:
        """Spectrograms of shape (batch, mels, frames) -> the states after the last layer, shape (batch, frames / 2,
        width)."""
        sound = nn.functional.gelu(self.conv2(nn.functional.gelu(self.conv1(inputs)))).transpose(1, 2)
        states = sound + self.embed_positions.weight[: sound.shape[1]]
        for layer in self.layers:
            states = layer(states)
        normed: torch.Tensor = self.layer_norm(states)
        return normed

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Spectrograms -> vectors of shape (batch, places, width)."""
        return pooled_places(self.states(inputs), self.places)


class EncoderLayer(nn.Module):
    """Self-attention and feed-forward part, each behind a normalisation and beside a residual."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.self_attn_layer_norm, self.final_layer_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.self_attn = SelfAttention(width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(batch, places, width) -> the same shape."""
        states = states + self.self_attn(self.self_attn_layer_norm(states))
        inner = nn.functional.gelu(self.fc1(self.final_layer_norm(states)))
        further: torch.Tensor = states + self.fc2(inner)
        return further


class SelfAttention(nn.Module):
    """Every place sees every place. Keys have no bias."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = max(width // HEAD, 1)
        self.q_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(3))
        self.k_proj = nn.Linear(width, width, bias=False)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """(batch, places, width) -> the same shape."""
        parts = [layer(states).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in self._three()]
        seen = nn.functional.scaled_dot_product_attention(*parts)
        mixed: torch.Tensor = self.out_proj(seen.transpose(1, 2).flatten(2))
        return mixed

    def _three(self) -> tuple[nn.Module, ...]:
        return self.q_proj, self.k_proj, self.v_proj


def converted(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The encoder's weights in a CTranslate2 model (numpy arrays by name) under the names of `WhisperTower`, float32.

    CTranslate2 stacks the projections to queries, keys and values into one matrix; its keys have a bias of zeros.

    Raises:
        KeyError: a weight is missing.
    """
    state: dict[str, Any] = {}

    def take(theirs: str, ours: str, part: slice = slice(None)) -> None:
        state[ours] = torch.from_numpy(variables[f"encoder/{theirs}"].astype("float32")[part]).contiguous()

    for name in ("conv1", "conv2"):
        take(f"{name}/weight", f"{name}.weight")
        take(f"{name}/bias", f"{name}.bias")
    take("position_encodings/encodings", "embed_positions.weight")
    take("layer_norm/gamma", "layer_norm.weight")
    take("layer_norm/beta", "layer_norm.bias")
    for layer in range(layers_of(variables)):
        _take_layer(take, f"layer_{layer}", f"layers.{layer}", width=variables["encoder/conv1/bias"].shape[0])
    return state


def layers_of(variables: Mapping[str, Any]) -> int:
    """Number of the encoder's layers in a CTranslate2 model."""
    return len({name.split("/")[1] for name in variables if name.startswith("encoder/layer_") and name.count("/") > 2})


def _take_layer(take: Any, theirs: str, ours: str, *, width: int) -> None:
    for part, name in (("gamma", "weight"), ("beta", "bias")):
        take(f"{theirs}/self_attention/layer_norm/{part}", f"{ours}.self_attn_layer_norm.{name}")
        take(f"{theirs}/ffn/layer_norm/{part}", f"{ours}.final_layer_norm.{name}")
    for name in ("weight", "bias"):
        for place, projection in enumerate(("q_proj", "k_proj", "v_proj")):
            if (projection, name) != ("k_proj", "bias"):
                rows = slice(place * width, (place + 1) * width)
                take(f"{theirs}/self_attention/linear_0/{name}", f"{ours}.self_attn.{projection}.{name}", rows)
        take(f"{theirs}/self_attention/linear_1/{name}", f"{ours}.self_attn.out_proj.{name}")
        take(f"{theirs}/ffn/linear_0/{name}", f"{ours}.fc1.{name}")
        take(f"{theirs}/ffn/linear_1/{name}", f"{ours}.fc2.{name}")
