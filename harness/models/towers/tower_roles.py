"""The kinds of pretrained tower that methods can ask for, one record each. To add a kind, add an entry here.

`harness/models/base_roles.py` is the same for models that read text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from harness.items.media import MediaKind


@dataclass(frozen=True)
class TowerRole:
    """What the harness knows about one kind of tower."""

    name: str
    """Key in `base_models` of params.yaml."""
    reads: MediaKind


VISION_TOWER = TowerRole("vision_tower", reads="image")
AUDIO_TOWER = TowerRole("audio_tower", reads="audio")

TOWER_ROLES: Mapping[str, TowerRole] = MappingProxyType({role.name: role for role in (VISION_TOWER, AUDIO_TOWER)})
"""Name -> record."""
