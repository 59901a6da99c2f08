"""Which pairs a run learns from: about the domain, its scope, and safety; of all clusters or of one half of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from harness.errors import DataError, RunFailed
from harness.items.item import Split, shuffle_key
from harness.items.prepared import VIEWS_FILE, PreparedDomain
from harness.items.rows import Preference
from harness.training.contract import TrainContext, first_view
from harness.training.lessons.subset import draw
from harness.training.method_options import MethodOptions

Slice = Literal["domain", "scope", "safety"]
Half = Literal["first", "second"]
VIEWS = ("preferences",)
"""The view of a domain that holds the slice `domain`. The other slices are views beside it (`pairs_beside`)."""


class PairOptions(MethodOptions):
    """Which pairs a method learns from or judges."""

    slices: dict[Slice, float] = Field(default={"domain": 1.0}, min_length=1)
    """Slice -> its share of the pairs, relative to the others. `domain`: a right answer against a plausible wrong one;
    `scope`: label or decline; `safety`: refuse or help. What a slice lacks is filled up by the others."""
    half: Half | None = None
    """One half of the training clusters; the other half is for a model that judges. null: all."""


def pairs_to_learn(context: TrainContext, options: PairOptions) -> tuple[list[Preference], dict[str, Any]]:
    """The budget's number of training pairs, mixed, and facts for the record. All seeds use the same pairs unless the
    recipe sets `subset`.

    Raises:
        RunFailed: a domain has no pairs, or the half of them is empty.
        DataError: pairs beside the domain are not written.
    """
    share = context.budget.train_examples // len(context.domains)
    counts: dict[str, int] = dict.fromkeys(options.slices, 0)
    found: list[Preference] = []
    for domain in context.domains:
        rows = {name: _of_half(slice_pairs(domain, name, "train"), options.half) for name in options.slices}
        if not any(rows.values()):
            raise RunFailed(f"refused: the {options.half or 'whole'} half of the training pairs is empty")
        sizes = shares(share, {name: len(of_slice) for name, of_slice in rows.items()}, weights=options.slices)
        for name, size in sizes.items():
            found += _drawn(rows[name], size, context)
            counts[name] += size
    facts = {"pairs_by_slice": counts} if len(counts) > 1 else {}
    return sorted(found, key=lambda row: shuffle_key(0, row.id)), facts


def held_out(context: TrainContext, options: PairOptions, count: int) -> list[Preference]:
    """Up to `count` validation pairs, in the same proportions.

    Raises:
        DataError: pairs beside the domain are not written.
    """
    found: list[Preference] = []
    for domain in context.domains:
        rows = {name: slice_pairs(domain, name, "validation") for name in options.slices}
        sizes = shares(
            count // len(context.domains), {name: len(part) for name, part in rows.items()}, weights=options.slices
        )
        found += [row for name, size in sizes.items() for row in rows[name][:size]]
    return found


def slice_pairs(domain: PreparedDomain, name: Slice, split: Split) -> list[Preference]:
    """All pairs of a slice; empty if the domain does not have it, an error if it is the domain's own and missing.

    Raises:
        RunFailed: the domain itself has no pairs.
        DataError: pairs beside the domain are not written.
    """
    if name == "domain":
        return domain.rows(Preference, first_view(domain, VIEWS), split)
    beside = pairs_beside(domain)
    return beside.rows(Preference, name, split) if beside.count(name, split) else []


def pairs_beside(domain: PreparedDomain) -> PreparedDomain:
    """The folder `data/preferences/<domain>` beside `data/prepared/<domain>`.

    Raises:
        DataError: `harness preferences` has not written it.
    """
    folder = domain.folder.parents[1] / "preferences" / domain.name
    if not (folder / VIEWS_FILE).is_file():
        raise DataError(
            "the pairs about scope and safety are not written",
            where=str(folder),
            hint=f"run `harness preferences {domain.name}`",
        )
    return PreparedDomain.open(folder)


def shares(count: int, available: Mapping[Slice, int], *, weights: Mapping[Slice, float]) -> dict[Slice, int]:
    """How many of `count` pairs come from each slice: by weight, and never more than there are.

    What a small slice leaves goes to the others, again by weight. The sum is `count`, or all pairs if there are fewer.
    """
    taken: dict[Slice, int] = dict.fromkeys(available, 0)
    while (left := min(count, sum(available.values())) - sum(taken.values())) > 0:
        open_slices = [name for name in available if taken[name] < available[name]]
        total = sum(weights[name] for name in open_slices)
        for name in open_slices:
            wished = max(round(left * weights[name] / total), 1) if total else left
            rest = min(count, sum(available.values())) - sum(taken.values())
            taken[name] += min(wished, available[name] - taken[name], rest)
    return taken


def half_of(cluster: str) -> Half:
    """The half of the training data that a cluster belongs to, about equally many in each."""
    return "first" if int(shuffle_key(0, cluster)[:8], 16) % 2 else "second"


def _of_half(rows: list[Preference], half: Half | None) -> list[Preference]:
    return rows if half is None else [row for row in rows if half_of(row.cluster) == half]


def _drawn(rows: list[Preference], count: int, context: TrainContext) -> list[Preference]:
    subset = context.recipe.run.subset
    return rows[:count] if subset is None else draw(rows, count, subset=subset, seed=context.seed)
