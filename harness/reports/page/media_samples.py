"""A few test questions of a domain with their files, for people: small pictures, and the first cells of table rows."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness.display.plain_text import plain
from harness.items.media import MediaKind
from harness.items.rows import Question
from harness.media.images import read_image
from harness.media.sounds import read_frames, read_sound
from harness.media.tables import read_row
from harness.reports.board.measured.groups import Group, read_groups
from harness.reports.compare.answers import answered
from harness.reports.compare.item_texts import item_texts
from harness.reports.contract.sections.media import MediaSample, MediaSet

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from PIL.Image import Image

    from harness.config.project import Project

SHOWN = 8
"""Questions on the sheet, of different files."""
SIDE = 96
"""Most pixels on a side of a picture."""
FIGURES = "figures"
CELLS = 5
"""Columns of a table row that are shown."""


def with_samples(
    connection: DuckDBPyConnection, project: Project, media: Mapping[str, MediaSet]
) -> dict[str, MediaSet]:
    """The sections with the first test questions, each about another file, and the answers of the best recipe and of
    the blind one. A domain that is not prepared here has none.

    Raises:
        ConfigError: a suite is broken.
    """
    groups = read_groups(connection, project.params.all_suites) if media else []
    found = {}
    for domain, section in media.items():
        best = next((row.recipe for row in section.rows if row.score), None)
        names = [name for name in dict.fromkeys([best, section.blind]) if name]
        own = {group.recipe_id: group for group in groups if _is_of(group, domain)}
        shown = [own[name] for name in names if name in own]
        samples = _samples(connection, project, domain=domain, kind=section.kind, groups=shown)
        figure = f"{FIGURES}/media-{domain}.png" if samples else None
        found[domain] = section.model_copy(update={"samples": samples, "figure": figure})
    return found


def _is_of(group: Group, domain: str) -> bool:
    return bool(group.runs) and group.domain == domain and group.domains == (domain,)


def _samples(
    connection: DuckDBPyConnection, project: Project, *, domain: str, kind: MediaKind, groups: Sequence[Group]
) -> list[MediaSample]:
    suite = groups[0].main_suite if groups else None
    if suite is None:
        return []
    texts = item_texts(project, suite, domain=domain)
    given: dict[str, dict[str, str]] = {}
    for group in groups:
        runs = [record["run_id"] for record in group.asked.get(suite, ())]
        found = answered(connection, runs=runs, suite=suite, domain=domain, texts=texts) if runs else []
        if found:
            given[group.recipe_id] = {answer.item: answer.answer for answer in found}
    shown: dict[str, MediaSample] = {}
    for item, question in texts.questions.items():
        if len(shown) == SHOWN:
            break
        if isinstance(question, Question) and question.media and all(item in answers for answers in given.values()):
            media = question.media[0]
            if media.sha256 not in shown and media.file.is_file():
                answers = {recipe: plain(of_recipe[item]) for recipe, of_recipe in given.items()}
                shown[media.sha256] = _sample(question, media.file, kind=kind, answers=answers)
    return list(shown.values())


def _sample(question: Question, file: Path, *, kind: MediaKind, answers: dict[str, str]) -> MediaSample:
    return MediaSample(
        id=question.id,
        question=plain(question.text),
        gold=plain(question.answer),
        answers=answers,
        picture=None if kind == "table" else _png(_picture(file, kind=kind)),
        cells=_cells(file) if kind == "table" else {},
    )


def _cells(file: Path) -> dict[str, str]:
    """The first columns; an empty cell is an empty text."""
    return {plain(name): _cell(value) for name, value in list(read_row(file).items())[:CELLS]}


def _cell(value: float | str | None) -> str:
    if value is None:
        return ""
    return plain(value) if isinstance(value, str) else f"{value:g}"


def _picture(file: Path, *, kind: MediaKind) -> Image:
    if kind == "image":
        image = read_image(file)
        image.thumbnail((SIDE, SIDE))
        return image
    return _shades(file)


def _shades(file: Path) -> Image:
    """Features by time, dark for high values; of a waveform, the loudness over time as a row of bars."""
    import numpy as np
    from PIL import Image

    if file.suffix == ".npy":
        table = read_frames(file).T
    else:
        samples, _ = read_sound(file)
        parts = np.array_split(np.abs(samples), min(SIDE, len(samples)))
        loud = np.array([part.mean() for part in parts])
        table = (np.arange(SIDE // 2)[::-1, None] < loud / max(float(loud.max()), 1e-9) * SIDE // 2).astype(np.float32)
    low, high = float(table.min()), float(table.max())
    shades = 255 - (255 * (table - low) / max(high - low, 1e-9)).astype(np.uint8)
    return Image.fromarray(shades).resize((SIDE, SIDE // 2), Image.Resampling.NEAREST)


def _png(image: Image) -> str:
    """The picture as PNG in base64."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
