"""Which missing outputs are needed by stages that run, and where they could come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from harness.freshness.changes import StageState
from harness.freshness.kept import Place


def lacking_makers(stages: Mapping[str, StageState], working: Iterable[str]) -> dict[str, str]:
    """Stage whose output is not here -> the first of the stages `working` that reads it."""
    found: dict[str, str] = {}
    for user in working:
        for maker in stages[user].upstream:
            lost = lost_outputs(stages[maker])
            if any(_overlap(path, out) for path in stages[user].absent_inputs for out in lost):
                found.setdefault(maker, user)
    return found


def lost_outputs(stage: StageState) -> list[str]:
    """The outputs that are not here and that DVC keeps; git keeps the others."""
    return [path for path in stage.missing_outputs if path in stage.cached_outputs]


def places_of(
    stages: Iterable[StageState], places: Callable[[Iterable[str]], Mapping[str, Place]]
) -> dict[str, Place | None]:
    """Where the lost outputs of each stage are, the farthest place if there are several; null if one is nowhere."""
    md5s = {stage.name: [stage.locked_outputs.get(path, "") for path in lost_outputs(stage)] for stage in stages}
    found = places(md5 for of_stage in md5s.values() for md5 in of_stage if md5)
    result: dict[str, Place | None] = {}
    for name, of_stage in md5s.items():
        where = [found.get(md5) for md5 in of_stage]
        result[name] = None if None in where else "remote" if "remote" in where else "cache"
    return result


def _overlap(one: str, other: str) -> bool:
    """Whether one path is the other, or lies in it."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
