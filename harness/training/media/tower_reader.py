"""Files that are read by a pretrained tower."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.training.contract import LoadContext
from harness.training.media.media_lm import MediaLM
from harness.training.media.towers import write_tower

if TYPE_CHECKING:
    from harness.models.towers.tower import Tower


class TowerReader(MediaLM):
    """The method's first tower reads the files."""

    def reader(self, context: LoadContext) -> Tower:
        """The tower, frozen.

        Raises:
            DataError: it is missing, or another one than in training.
        """
        return self.tower_as_trained(context, self.towers[0])

    def save_reader(self, reader: Tower, folder: Path) -> None:
        """Write which tower it was."""
        write_tower(reader, folder)
