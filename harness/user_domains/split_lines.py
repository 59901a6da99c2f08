"""What `harness domain add` says about the planned splits: their sizes, and which differences they can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.user_domains.add import Plan
from harness.user_domains.inspect.rendering import WARNING
from harness.user_domains.planned_splits import FEW_POINTS, folds_would_show, smallest_difference, told_apart


def split_lines(planned: Plan) -> Iterator[str]:
    """How many items are learnt and tested, and what the tested ones can show."""
    splits = planned.splits
    train, validation, test = (f"{split} {count:,}" for split, count in splits.counts.items())
    if splits.folds:
        folds = f"{len(splits.folds)} folds with {_range(splits.folds)} test items each"
        yield f"splits: {folds}; fold 1: {train}, {validation}"
    else:
        leaks = f"{splits.leaks:,} nearly repeat a held-out item and will be removed as leaks" if splits.leaks else ""
        yield f"splits: {train}{f' (of which {leaks})' if leaks else ''}, {validation}, {test}"
    if not planned.skip:
        few = smallest_difference(splits.test_clusters) > FEW_POINTS
        yield f"  {WARNING if few else ''}{told_apart(splits)}"
        if few and not splits.folds and not planned.has_given_splits:
            yield f"  {folds_would_show(splits)}"
    for labels, what in (
        (splits.untested_labels, "have too few items for the test split"),
        (splits.unlearnt_labels, "have one cluster: the model that is asked about it has not learnt the label"),
        (splits.rarely_tested_labels, "have fewer clusters than there are folds: not every fold tests them"),
    ):
        if labels:
            yield f"  {len(labels):,} labels {what}"


def _range(sizes: Sequence[int]) -> str:
    """`48`, or `46 to 50`."""
    return f"{min(sizes):,}" if min(sizes) == max(sizes) else f"{min(sizes):,} to {max(sizes):,}"
