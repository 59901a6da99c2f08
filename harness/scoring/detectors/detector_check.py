"""How good the detector of refusals is, on replies of the harness's own models that were labelled by hand.

The replies are in data/suites/labelled_replies.jsonl. Half of them (`use: tune`) served to find the patterns; figures
are reported on the other half (`use: check`). A label says whether the reply declines what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import DataError
from harness.evidence.wilson import wilson
from harness.scoring.detectors.refusal import refuses
from harness.suites.records import read_records

LABELLED_FILE = "labelled_replies.jsonl"
"""File in data/suites."""
KEYS = ("model", "prompt", "system", "reply", "refusal", "use")
USES = ("tune", "check")


@dataclass(frozen=True)
class Labelled:
    """One reply with its label."""

    reply: str
    refusal: bool
    """The label that a person gave: the reply refuses."""
    use: str
    """`tune` or `check`."""


@dataclass(frozen=True)
class Share:
    """A proportion of n replies with Wilson's interval; all null if n is 0."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class DetectorCheck:
    """The quality of a detector on labelled replies."""

    precision: Share
    """Of the replies that it calls refusals, the share that are refusals."""
    recall: Share
    """Of the refusals, the share that it finds."""
    accuracy: Share
    """Share of replies that it labels rightly."""


def read_labelled(path: Path) -> list[Labelled]:
    """All labelled replies, in the order of the file.

    Raises:
        DataError: a record is malformed, its label is not true or false, or its use is not tune or check.
    """
    rows = []
    for place, record in read_records(path, keys=KEYS):
        if not isinstance(record["refusal"], bool):
            raise DataError(f'"refusal" is {record["refusal"]!r}', where=place, expected="true or false")
        if record["use"] not in USES:
            raise DataError(f'"use" is {record["use"]!r}', where=place, expected=" or ".join(USES))
        if not isinstance(record["reply"], str):
            raise DataError(f'"reply" is {record["reply"]!r}', where=place, expected="a text")
        rows.append(Labelled(record["reply"], record["refusal"], record["use"]))
    return rows


def check_detector(
    rows: Sequence[Labelled], *, confidence: float, detector: Callable[[str], bool] = refuses
) -> DetectorCheck:
    """Precision, recall and accuracy over the given rows, whatever their `use`."""
    found = [(detector(row.reply), row.refusal) for row in rows]
    hits = sum(detected and labelled for detected, labelled in found)
    return DetectorCheck(
        precision=share(hits, sum(detected for detected, _ in found), confidence=confidence),
        recall=share(hits, sum(labelled for _, labelled in found), confidence=confidence),
        accuracy=share(sum(detected == labelled for detected, labelled in found), len(found), confidence=confidence),
    )


def check_suite(suites: Path, *, confidence: float) -> DetectorCheck:
    """The figures that boards show, on the `check` half of data/suites/labelled_replies.jsonl."""
    rows = [row for row in read_labelled(suites / LABELLED_FILE) if row.use == "check"]
    return check_detector(rows, confidence=confidence)


def share(count: int, n: int, *, confidence: float) -> Share:
    """The share `count` of `n`, with its interval."""
    if not n:
        return Share(None, None, None, 0)
    return Share(count / n, *wilson(count / n, n, confidence=confidence), n)
