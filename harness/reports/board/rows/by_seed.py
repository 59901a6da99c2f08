"""What concerns some seeds of a row, in words."""

from __future__ import annotations

from collections.abc import Iterable


def by_seed(reasons: Iterable[tuple[int, str]]) -> str | None:
    """`seeds 1, 2: out of memory; seed 4: diverged` from pairs of seed and reason; null if there are none."""
    seeds: dict[str, list[str]] = {}
    for seed, reason in reasons:
        seeds.setdefault(reason, []).append(str(seed))
    parts = [f"seed{'s' if len(which) > 1 else ''} {', '.join(which)}: {why}" for why, which in seeds.items()]
    return "; ".join(parts) or None
