"""Sound as soft tokens of a language model: frames of features, or recordings through the encoder of Whisper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from harness.errors import RunFailed
from harness.items.media import MediaKind
from harness.models.towers.tower_roles import AUDIO_TOWER, TowerRole
from harness.training.contract import LoadContext, TrainContext
from harness.training.media.media_lm import PARTS
from harness.training.media.soft_token_lm import SoftTokenLM, SoftTokenOptions
from harness.training.media.towers import write_tower

if TYPE_CHECKING:
    from torch import nn

    from harness.models.media_tokens.features import FileReader
    from harness.models.towers.tower import Tower

READER = "frames.json"
"""File of a run: how frames were scaled. A run on recordings has none."""
FRAMES, RECORDING = ".npy", ".wav"


class AudioTokenOptions(SoftTokenOptions):
    """How sound is cut into soft tokens."""

    tokens: int = Field(default=8, ge=1, le=64)
    """Soft tokens per file of frames. A recording has as many as the tower gives."""
    steps: int = Field(default=32, ge=1, le=1024)
    """Frames that every file of frames is stretched to."""


class AudioTokens(SoftTokenLM):
    """Soft tokens for sound (as SALMONN, arXiv 2310.13289, and Qwen-Audio, arXiv 2311.07919, at a small scale).

    What it optimises: cross-entropy of the answer's tokens, first over an encoder of frames, then over encoder and
        LoRA. Files of frames (`.npy`) go through two convolutions over time, which learn. Recordings (`.wav`) go
        through the frozen encoder of Whisper and a projector, which learns.
    Data: `classify` questions with one sound or several, all frames or all recordings.
    Cost: that of `peft/lora`, once for each stage; for recordings one pass of Whisper's encoder per file.
    Use it: for questions about sound whose answer is not the words that are spoken.
    Not for: transcription.
    Related: `multimodal/frames_logistic`, the cheap baseline; `multimodal/llava`, the same for pictures.
    Options: `warm_start`, `align_epochs`, `align_rate`, `tokens`, `steps`. `run.peft` takes the arguments of
        peft.LoraConfig.
    Example: `python -m harness train multimodal/audio_tokens --domain vowels --seed 0`
    """

    saved_as = "adapter"
    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"audio"})
    towers: ClassVar[tuple[TowerRole, ...]] = (AUDIO_TOWER,)
    options_model = AudioTokenOptions
    after_text = True

    def _tower(self, context: LoadContext) -> TowerRole | None:
        """Whisper's encoder for recordings, nothing for frames.

        Raises:
            RunFailed: some files are frames and others recordings.
        """
        folder = context.folder / self.saved_as
        if (folder / PARTS).is_file():
            return None if (folder / READER).is_file() else AUDIO_TOWER
        assert isinstance(context, TrainContext)
        suffixes = {file.suffix for file in self.training_files(context)}
        if len(suffixes) > 1:
            raise RunFailed(f"refused: some files are {FRAMES} and others {RECORDING}; one model cannot read both")
        return None if FRAMES in suffixes else AUDIO_TOWER

    def reader(self, context: LoadContext) -> FileReader | Tower:
        """The tower, or frames scaled by the training items.

        Raises:
            DataError: a file cannot be read, or the tower is missing or another one than in training.
        """
        from harness.models.media_tokens.frame_reader import FrameReader

        role = self._tower(context)
        if role is not None:
            return self.tower_as_trained(context, role)
        saved = context.folder / self.saved_as / READER
        if saved.is_file():
            return FrameReader(**json.loads(saved.read_text(encoding="utf-8")))
        assert isinstance(context, TrainContext)
        return FrameReader.fitted(self.training_files(context), steps=AudioTokenOptions.of(context.recipe).steps)

    def save_reader(self, reader: Any, folder: Path) -> None:
        """Save which tower it was, or how frames were scaled."""
        from harness.models.towers.tower import Tower

        if isinstance(reader, Tower):
            write_tower(reader, folder)
            return
        (folder / READER).write_text(json.dumps(reader.facts()) + "\n", encoding="utf-8")

    def tokens(self, reader: FileReader | Tower, context: LoadContext | None) -> int:
        """The tower's number of vectors, or the option."""
        from harness.models.towers.tower import Tower

        if isinstance(reader, Tower):
            return reader.places
        assert context is not None
        return AudioTokenOptions.of(context.recipe).tokens

    def encoder(self, model: Any, reader: FileReader | Tower, context: LoadContext) -> nn.Module:
        """A projector behind the tower, or an encoder of frames."""
        from harness.models.media_tokens.encoders import FrameEncoder, Projector, embedding_size
        from harness.models.towers.tower import Tower

        places, width = self.shape(reader)
        hidden, size = model.config.get_text_config().hidden_size, embedding_size(model)
        if isinstance(reader, Tower):
            return Projector(width, hidden, places=places, size=size)
        return FrameEncoder(width, hidden, tokens=self.tokens(reader, context), size=size)

    def shape(self, reader: FileReader | Tower) -> tuple[int, int]:
        """(vectors, width)."""
        from harness.models.media_tokens.frame_reader import FrameReader
        from harness.models.towers.tower import Tower

        if isinstance(reader, Tower):
            return reader.places, reader.width
        assert isinstance(reader, FrameReader)
        return reader.steps, reader.width

    def planned_reader(self) -> FileReader | Tower:
        """The encoder of Whisper tiny.en, the larger of the two."""
        from harness.models.towers.whisper_encoder import WhisperTower

        return WhisperTower(width=384, layers=4, mels=80, positions=1500)
