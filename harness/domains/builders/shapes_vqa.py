"""Builder `shapes_vqa`: questions about pictures of one coloured shape, from the easy-VQA data set."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from harness.domains.builders._options import numbers
from harness.errors import DataError
from harness.items.item import Note, Split, shuffle_key
from harness.items.media import Media
from harness.items.media_item import MediaBuilt, MediaItem, media_of
from harness.media.images import checked_image

FOLDER = "easy_vqa/data"
SHAPES = ("circle", "rectangle", "triangle")
COLOURS = ("black", "blue", "brown", "gray", "green", "red", "teal", "yellow")
NEGATIONS = ("not", "no")
EXPECTED = "the layout of easy-vqa 1.0"
OPTIONS = {"train_pictures": 1200, "test_pictures": 300, "questions_per_picture": 3}
"""Option -> its value if the domain's file does not set it."""

Kind = Literal["shape", "colour", "there", "absent"]
KINDS: tuple[Kind, ...] = ("shape", "colour", "there", "absent")
"""What a question asks: for the shape, for the colour, or whether something is in the picture, which it is or not."""


@dataclass(frozen=True)
class Asked:
    """One question of the source."""

    number: int
    """Its place among the questions of its picture."""
    text: str
    answer: str

    @property
    def words(self) -> list[str]:
        """The words of the question, without punctuation."""
        return self.text.rstrip("?").split()

    @property
    def named(self) -> list[str]:
        """The shapes and colours that the question names."""
        return [word for word in self.words if word in SHAPES or word in COLOURS]

    @property
    def kind(self) -> Kind:
        """What it asks."""
        if self.answer in SHAPES:
            return "shape"
        if self.answer in COLOURS:
            return "colour"
        return "there" if (self.answer == "yes") != any(word in NEGATIONS for word in self.words) else "absent"

    @property
    def shown(self) -> list[str]:
        """The shapes and colours that the picture has, if the answer is right."""
        if self.kind == "absent":
            return []
        return [*self.named, *([self.answer] if self.kind in ("shape", "colour") else [])]

    @property
    def denied(self) -> list[str]:
        """The shapes and colours that the picture does not have."""
        return self.named if self.kind == "absent" else []


def build(source: Path, options: Mapping[str, Any]) -> MediaBuilt:
    """Questions with one word as their answer (a colour, a shape, yes, no), each about one picture of 64 x 64 pixels.

    - Three of four questions of the source ask whether something is there, and the wording gives seven of eight of
      these answers away: most things are not there. So the questions are drawn by kind: a test picture has one
      question, of the kind that was asked least so far: for the shape, for the colour, about something that is there,
      about something that is not. A training picture has `questions_per_picture` questions of different kinds.
    - `given_split`: test pictures are those of the source's own test split.
    - `caption` (`a red circle`) and `properties` (`red`, `circle`) follow from the answers to all questions about the
      picture. A picture whose colour or shape they do not tell has neither.
    - The id is split, picture and place of the question; the cluster is the picture.

    `options`: `train_pictures`, `test_pictures` (pseudo-random draws) and `questions_per_picture`.

    Raises:
        DataError: a file is missing or has another layout, an answer contradicts another, or an option is wrong.
    """
    wanted = numbers(options, OPTIONS)
    items: list[MediaItem] = []
    files: dict[str, bytes | Path] = {}
    untold = 0
    most: dict[Split, tuple[int, int]] = {
        "train": (wanted["train_pictures"], wanted["questions_per_picture"]),
        "test": (wanted["test_pictures"], 1),
    }
    for split, (pictures, questions) in most.items():
        folder = source / FOLDER / split
        asked = _questions(folder / "questions.json")
        drawn = sorted(asked, key=lambda picture: shuffle_key(0, f"{split}/{picture}"))[:pictures]
        counts: Counter[Kind] = Counter()
        for picture in drawn:
            media = _stored(folder / f"images/{picture}.png", files)
            properties = _properties(asked[picture], where=f"{folder / 'questions.json'}: picture {picture}")
            untold += not properties
            chosen = _evenly(asked[picture], most=questions, counts=counts, name=f"{split}/{picture}")
            items += [_item(one, split, picture, media, properties) for one in chosen]
    notes = (Note("pictures have no caption, because no question tells their colour or their shape", untold),)
    return MediaBuilt([*items], notes, files)


def _questions(path: Path) -> dict[int, list[Asked]]:
    """Picture -> its questions."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("the questions are missing", where=str(path), hint="run `harness fetch`") from None
    except ValueError as error:
        raise DataError(f"the file is not valid JSON: {error}", where=str(path), hint="run `harness fetch`") from None
    if not isinstance(content, list):
        raise DataError("the file holds no list of questions", where=str(path), expected=EXPECTED)
    asked: dict[int, list[Asked]] = {}
    for number, record in enumerate(content, 1):
        match record:
            case [str(text), str(answer), int(picture)] if answer in (*SHAPES, *COLOURS, "yes", "no"):
                several = asked.setdefault(picture, [])
                several.append(Asked(len(several), text, answer))
            case _:
                raise DataError(f"record {number} is {record!r:.80}", where=str(path), expected=EXPECTED)
    return asked


def _evenly(asked: Sequence[Asked], *, most: int, counts: Counter[Kind], name: str) -> list[Asked]:
    """At most `most` questions of different kinds: those kinds first that were asked least so far (`counts`)."""
    chosen: list[Asked] = []
    for kind in sorted(KINDS, key=lambda kind: (counts[kind], KINDS.index(kind))):
        of_kind = [one for one in asked if one.kind == kind]
        if of_kind and len(chosen) < most:
            chosen.append(min(of_kind, key=lambda one: shuffle_key(0, f"{name}/{one.number}")))
            counts[kind] += 1
    return chosen


def _properties(asked: Sequence[Asked], *, where: str) -> tuple[str, ...]:
    """Colour and shape of a picture; empty unless the questions tell both."""
    colours, shapes = (_told(asked, among=words) for words in (COLOURS, SHAPES))
    if len(colours) > 1 or len(shapes) > 1:
        what = f"the answers contradict each other: {', '.join([*colours, *shapes])}"
        raise DataError(what, where=where, expected="one colour and one shape", hint="run `harness fetch`")
    return (colours[0], shapes[0]) if colours and shapes else ()


def _told(asked: Sequence[Asked], *, among: Sequence[str]) -> list[str]:
    """Which of the words the questions tell of a picture: by naming it, or by denying all others."""
    told = {word for one in asked for word in one.shown} & set(among)
    left = set(among) - {word for one in asked for word in one.denied}
    return sorted(told or (left if len(left) == 1 else set()))


def _stored(path: Path, files: dict[str, bytes | Path]) -> Media:
    try:
        checked = checked_image(path.read_bytes(), where=str(path))
    except FileNotFoundError:
        raise DataError("the picture is missing", where=str(path), hint="run `harness fetch`") from None
    media = media_of("image", checked.content, checked.suffix)
    files[media.path] = checked.content
    return media


def _item(one: Asked, split: Split, picture: int, media: Media, properties: tuple[str, ...]) -> MediaItem:
    return MediaItem(
        id=f"{split}_{picture}_{one.number}",
        text=one.text[0].upper() + one.text[1:],
        cluster=f"{split}_{picture}",
        label=one.answer,
        given_split=split,
        media=(media,),
        caption=f"a {' '.join(properties)}" if properties else None,
        properties=properties,
    )
