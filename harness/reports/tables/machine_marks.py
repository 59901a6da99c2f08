"""Marks on seconds, memory and money that must not be compared with those of the other rows of a domain."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reports.contract.rows import Row

OTHER_MACHINE, BUSY, PARENTS, OTHER_MEMORY = "†", "‡", "§", "¶"


def time_marks(row: Row) -> str:
    """Marks behind seconds, speed and money: ` †‡`; empty for figures that compare."""
    return _spaced((OTHER_MACHINE, not row.machine.usual), (BUSY, row.machine.busy))


def memory_marks(row: Row) -> str:
    """Marks behind memory, which other work on the machine does not change."""
    return _spaced((OTHER_MACHINE, not row.machine.usual), (OTHER_MEMORY, not row.machine.usual_memory))


def parent_marks(row: Row) -> str:
    """Marks behind seconds and money that include the parents of a run."""
    return time_marks(row) or _spaced((PARENTS, not row.machine.parents_alike))


def mark_sentences(rows: Sequence[Row]) -> list[str]:
    """What the marks on these rows of one domain mean, in plain text; empty where all figures compare."""
    sentences = []
    elsewhere: dict[str, list[str]] = {}
    for row in rows:
        if not row.machine.usual:
            elsewhere.setdefault("; ".join(row.machine.measured_on), []).append(row.row_id)
    usual = next((row.machine.measured_on[0] for row in rows if row.machine.usual and row.machine.measured_on), "")
    for machine, names in elsewhere.items():
        sentences.append(
            f"{OTHER_MACHINE} Measured on another kind of machine ({machine}) than most rows ({usual}): "
            f"{', '.join(names)}. Their seconds, memory and money are not compared with those of other rows."
        )
    busy = [row for row in rows if row.machine.busy]
    if busy:
        share = max(row.machine.others_share or 0 for row in busy)
        names = [row.row_id for row in busy]
        sentences.append(
            f"{BUSY} Measured while other work took up to {100 * share:.0f} % of the machine's CPU time: "
            f"{', '.join(names)}. Their seconds and money are not compared with those of other rows."
        )
    mixed = [row.row_id for row in rows if PARENTS in parent_marks(row)]
    if mixed:
        sentences.append(
            f"{PARENTS} The parents of these rows were trained on another kind of machine, or beside other work: "
            f"{', '.join(mixed)}. Their seconds and money with parents are not compared."
        )
    memory = [row.row_id for row in rows if not row.machine.usual_memory]
    if memory:
        sentences.append(
            f"{OTHER_MEMORY} Other memory than that of most rows, of the process instead of the GPU or the other way "
            f"round: {', '.join(memory)}. Their memory is not compared."
        )
    return sentences


def _spaced(*marks: tuple[str, bool]) -> str:
    shown = "".join(mark for mark, applies in marks if applies)
    return f" {shown}" if shown else ""
