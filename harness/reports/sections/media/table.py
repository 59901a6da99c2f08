"""The section "Pictures, sound and table rows" of the board."""

from __future__ import annotations

from collections.abc import Sequence

from harness.display.markdown_table import table
from harness.display.numbers import UNKNOWN, percent, points
from harness.display.plain_text import markdown_cell
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.sections.media import Bounds, MediaRow, MediaSample, MediaSet, ObjectsRow

TITLE = "Pictures, sound and table rows"
READING = (
    "The blind recipe learns and is asked the same questions without their files, so its score is what the wording "
    "gives away. Shuffled: each question shows the file of another item that has another label, and the right answer "
    "stays. The last column is the score minus that with shuffled files, on the same items: what the right file "
    "carries. A model that does not look at the file has 0 there. Brackets hold 95 % intervals over items and seeds; "
    "differences are paired by item, and the verdict against the blind recipe is adjusted for the rows of the table."
)
READING_OBJECTS = (
    "Is this in the picture? Half of the questions are about what it shows, half about what only other pictures show. "
    "A model that always says yes is right in half of them, and says yes in 100 %."
)
ROWS = ("recipe", "score, %", "points to the blind recipe", "score with shuffled files, %", "the file carries, points")
OBJECTS = ("recipe", "accuracy, %", "says yes, %", "points to the blind recipe", "questions")


def media_section(board: Leaderboard) -> list[str]:
    """Tables and sheet of each domain in Markdown; empty where no domain has files."""
    if not board.media:
        return []
    level = f"{100 * board.protocol.confidence:g} %"
    parts = [f"## {TITLE}", READING.replace("95 %", level)]
    for domain, found in board.media.items():
        parts += [f"### What the files of {markdown_cell(domain)} carry", *media_tables(found)]
        if found.figure:
            parts.append(f"![{caption(markdown_cell(domain))}]({found.figure})")
    return parts


def media_tables(found: MediaSet) -> list[str]:
    """The tables of one domain."""
    blind = f"The blind recipe is {markdown_cell(found.blind)}." if found.blind else "No blind recipe has a row."
    notes = list(dict.fromkeys(row.reason for row in found.rows if row.reason))
    lines = (_cells(row, notes) for row in found.rows)
    parts = [blind, table(ROWS, lines)]
    parts.append("\n".join(f"{number}. {markdown_cell(note)}" for number, note in enumerate(notes, start=1)))
    if found.objects:
        parts += [READING_OBJECTS, table(OBJECTS, map(_object_cells, found.objects), numeric=[2, 4])]
    return [part for part in parts if part]


def caption(domain: str) -> str:
    """One line that says what the sheet shows."""
    return f"Test questions of {domain} with their files, the right answers, and those of two recipes"


def answer_lines(sample: MediaSample) -> list[str]:
    """Right answer, then the recipes' answers."""
    return [f"right: {sample.gold}", *(f"{recipe}: {answer}" for recipe, answer in sample.answers.items())]


def _cells(row: MediaRow, notes: Sequence[str]) -> list[str]:
    mark = f" ({notes.index(row.reason) + 1})" if row.reason else ""
    over = UNKNOWN if row.over_blind is None else f"{_points(row.over_blind)} {row.verdict}"
    return [row.recipe, _percent(row.score) + mark, over, _percent(row.shuffled), _points(row.carried)]


def _object_cells(row: ObjectsRow) -> list[str]:
    return [row.recipe, _percent(row.accuracy), percent(row.says_yes), _points(row.over_blind), str(row.n)]


def _percent(found: Bounds | None) -> str:
    return percent(found.value, found.low, found.high) if found else UNKNOWN


def _points(found: Bounds | None) -> str:
    return points(found.value, found.low, found.high) if found else UNKNOWN
