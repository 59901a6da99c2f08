"""What pictures, sound and table rows carry, in `reports/leaderboard.json`."""

from __future__ import annotations

from typing import Literal

from harness.config.strict import StrictModel
from harness.evidence.verdict import Verdict


class Bounds(StrictModel):
    """A share or a difference with its interval."""

    value: float
    low: float | None
    high: float | None


class MediaRow(StrictModel):
    """How much of one recipe's score comes from pictures, sound or table rows."""

    recipe: str
    """Recipe id, e.g. `multimodal/llava`."""
    score: Bounds | None
    """On the domain's questions; null where it was not scored."""
    over_blind: Bounds | None
    """Score minus that of the blind recipe, paired by item; null for the blind recipe itself."""
    verdict: Verdict | None
    """Of `over_blind`, adjusted over the rows of the table."""
    shuffled: Bounds | None
    """Score where each question shows the file of another item that has another label."""
    carried: Bounds | None
    """Score minus `shuffled` on the same items: what the right file carries."""
    reason: str | None
    """Why a figure is missing."""


class ObjectsRow(StrictModel):
    """Questions about what is in the picture, as POPE asks them; half of the right answers are yes."""

    recipe: str
    accuracy: Bounds
    over_blind: Bounds | None
    """Accuracy minus that of the blind recipe, paired by item."""
    says_yes: float
    """Share of questions that were answered with yes; 0.5 is right."""
    n: int


class MediaSample(StrictModel):
    """One test question with its file, as a reader sees it."""

    id: str
    question: str
    gold: str
    answers: dict[str, str]
    """Recipe id -> its answer, for the best recipe and the blind one."""
    picture: str | None
    """A small PNG in base64: the picture, or the frames of a recording as shades of grey. Null for table rows."""
    cells: dict[str, str]
    """The first columns of a table row; empty for other files."""


class MediaSet(StrictModel):
    """The multi-modal recipes of one domain."""

    kind: Literal["image", "audio", "table"]
    blind: str | None
    """Id of the recipe that is not shown the files; null where it has no row."""
    rows: list[MediaRow]
    """By falling score."""
    objects: list[ObjectsRow]
    """Empty where the domain has no such questions."""
    samples: list[MediaSample]
    """The first test questions; empty where the domain is not prepared here."""
    figure: str | None
    """Path of the sheet of samples, relative to the folder of leaderboard.json; null without samples."""
