"""Which rows of a domain were measured on the same kind of machine, so that seconds, memory and money compare.

A kind is a device and a number of threads. Most rows of a domain decide which kind its board is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.reports.board.measured.groups import Group
from harness.reports.board.rows.pooling import memory_of
from harness.reports.contract.rows import MachineCell


def kinds_of(group: Group) -> list[str]:
    """Every kind of machine that a seed of the group was trained or scored on, sorted."""
    runs = group.runs or group.failed
    return sorted({run[name] for run in runs for name in ("train_measured_on", "score_measured_on") if run[name]})


def usual_kind(groups: Sequence[Group], reference: str | None) -> str | None:
    """The kind of most rows that ended well; of equally frequent kinds the reference's, else the first by name.

    Null where no record names its machine.
    """
    votes: Counter[str] = Counter()
    favoured: set[str] = set()
    for group in groups:
        kinds = kinds_of(group)
        if group.runs and len(kinds) == 1:
            votes.update(kinds)
            if group.belongs_to(reference):
                favoured.update(kinds)
    return min(votes, key=lambda kind: (-votes[kind], kind not in favoured, kind), default=None)


def usual_memory(groups: Sequence[Group]) -> str | None:
    """The kind of memory (`MemoryCell.kind`) that most rows that ended well were measured by."""
    votes = Counter(kind for group in groups if group.runs and (kind := memory_of(group.runs).kind))
    return min(votes, key=lambda kind: (-votes[kind], kind), default=None)


def machine_cell(group: Group, usual: str | None, *, memory: str | None) -> MachineCell:
    """Where the group was measured, and whether its figures compare with the others.

    Args:
        group: the runs of one row.
        usual: the kind of machine of the domain's board (`usual_kind`).
        memory: its kind of memory (`usual_memory`).
    """
    runs = group.runs or group.failed
    kinds = kinds_of(group)
    measured = memory_of(runs).kind
    shares = [run[f"{stage}_others_share"] for run in runs for stage in ("train", "score")]
    return MachineCell(
        measured_on=kinds,
        usual=not kinds or usual is None or kinds == [usual],
        usual_memory=measured is None or memory is None or measured == memory,
        busy=any(run[f"{stage}_busy"] for run in runs for stage in ("train", "score")),
        others_share=max((share for share in shares if share is not None), default=None),
        parents_alike=not any(run["parents_alike"] is False for run in runs),
    )
