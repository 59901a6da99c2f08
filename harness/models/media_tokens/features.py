"""The vectors of files, computed once per file and kept in the main memory.

Import this module only to compute: it loads torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import torch

from harness.items.media import Media
from harness.models.media_tokens.media_ids import key_of
from harness.models.towers.tower import BATCH, Tower


class FileReader(Protocol):
    """Makes a tensor of a file, without learnt weights."""

    def read(self, file: Path) -> torch.Tensor:
        """Shape (places, width); all files give the same shape.

        Raises:
            DataError: the file is missing or cannot be decoded.
        """


class FeatureStore:
    """The vectors of all files that were met."""

    def __init__(self, reader: FileReader | Tower) -> None:
        """`reader`: a tower, through which files go in batches, or a reader without weights."""
        self.reader = reader
        self._media: dict[int, Media] = {}
        self._vectors: dict[int, torch.Tensor] = {}

    def add(self, media: Media) -> None:
        """Remember where a file is; nothing is read.

        Raises:
            ValueError: another file has the same key.
        """
        known = self._media.setdefault(key_of(media), media)
        if known.sha256 != media.sha256:
            raise ValueError(f"{media.path} and {known.path} have the same key: give `KEY_DIGITS` one more digit")

    def vectors(self, keys: Sequence[int]) -> torch.Tensor:
        """Shape (files, places, width), float32 on the CPU; files that were not met before are read.

        Raises:
            DataError: a file is missing or cannot be decoded.
            ValueError: no file with this key was added.
        """
        for key in keys:
            if key not in self._media:
                raise ValueError("a token id stands for a file that was not shown to this model")
        missing = [key for key in dict.fromkeys(keys) if key not in self._vectors]
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            self._vectors.update(zip(batch, self._read(batch), strict=True))
        return torch.stack([self._vectors[key] for key in keys])

    def _read(self, keys: Sequence[int]) -> torch.Tensor:
        """Computed in float32 whatever surrounds the call, and usable where gradients are recorded later."""
        with torch.inference_mode(False), torch.no_grad():
            inputs = torch.stack([self.reader.read(self._media[key].file) for key in keys])
            if not isinstance(self.reader, Tower):
                return inputs.float()
            device = next(self.reader.parameters()).device
            with torch.autocast(device.type, enabled=False):
                vectors: torch.Tensor = self.reader(inputs.to(device))
                return vectors.float().cpu()
