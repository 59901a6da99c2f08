"""Views of domains whose items show files: captions, objects that are not there, and files of other items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.config.domain import ObjectsTask
from harness.domains.views.classify import classify_view
from harness.domains.views.contract import Content, View
from harness.domains.views.templates import fill
from harness.items.item import Split
from harness.items.media import Media
from harness.items.media_item import MediaItem, media_shown
from harness.items.rows import Question, Row

Properties = tuple[str, ...]


def with_media(rows: Sequence[Row], content: Content) -> list[Row]:
    """The rows of a view of texts, where each question shows the files of its item."""
    shown = {item.id: media_shown(item) for item in content.items}
    return [replace(row, media=shown[row.id]) if isinstance(row, Question) and not row.media else row for row in rows]


def captions_view(content: Content) -> list[Question]:
    """One row per file that has a caption: the caption, and the file that it describes.

    `text` and `answer` are the caption; `prompt` is empty, because there is nothing to ask. Several items may show one
    file, so the row has the id of the first of them.
    """
    return [
        Question(
            id=item.id,
            split=content.split[item.id],
            cluster=item.cluster,
            text=item.caption,
            prompt="",
            choices=(),
            answer=item.caption,
            media=item.media[:1],
        )
        for item in _one_per_file(content)
        if item.caption is not None
    ]


def objects_view(content: Content) -> list[Question]:
    """Two questions per picture: about what it shows, and about something that only other pictures show.

    As in POPE (Li et al. 2023, arXiv 2305.10355) half of the answers are yes. What is absent differs in one property
    (another colour, or another shape), or in all of them, in turn. Validation and test rows only.
    """
    task = content.domain.objects
    if task is None:
        return []
    pictures = [item for item in _one_per_file(content) if item.properties and item.caption is not None]
    captions = {item.properties: item.caption or "" for item in pictures}
    rows: list[Question] = []
    held_out: tuple[Split, ...] = ("validation", "test")
    for split in held_out:
        of_split = [item for item in pictures if content.split[item.id] == split]
        for place, item in enumerate(of_split[: task.items]):
            absent = _absent(content, item, among=captions, place=place)
            if absent is not None:
                rows.append(_asked(task, item, "there", split, captions[item.properties], answer=task.yes))
                rows.append(_asked(task, item, "absent", split, captions[absent], answer=task.no))
    return rows


def classify_shuffled_view(content: Content) -> list[Question]:
    """The test questions of `classify`, each with the files of another test item that has another label.

    Where the properties of files are known, the other file shares none with the item's own. The right answer stays. A
    model that answers as well as before has not looked at the file.
    """
    items = {item.id: item for item in content.of_split("test") if isinstance(item, MediaItem)}
    rows = [row for row in classify_view(content) if row.split == "test" and row.id in items]
    shuffled: list[Question] = []
    for row in rows:
        other = _other_files(content, items[row.id], [items[one.id] for one in rows])
        if other:
            shuffled.append(replace(row, media=other))
    return shuffled


def _one_per_file(content: Content) -> list[MediaItem]:
    """The first item of each file, in the order of `content.ordered`."""
    first: dict[str, MediaItem] = {}
    for item in content.ordered:
        if isinstance(item, MediaItem) and item.media:
            first.setdefault(item.media[0].sha256, item)
    return list(first.values())


def _absent(content: Content, item: MediaItem, *, among: Iterable[Properties], place: int) -> Properties | None:
    """What other pictures show and this one does not; `place` says in which property it differs, or in all."""
    others = sorted(set(among) - {item.properties})
    turn = place % (len(item.properties) + 1)
    wanted = [turn] if turn < len(item.properties) else list(range(len(item.properties)))
    alike = [one for one in others if _differing(one, item.properties) == wanted]
    candidates = alike or others
    return content.rng(f"objects: {item.id}").choice(candidates) if candidates else None


def _differing(one: Properties, other: Properties) -> list[int]:
    return [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]


def _asked(task: ObjectsTask, item: MediaItem, kind: str, split: Split, shown: str, *, answer: str) -> Question:
    prompt = fill(task.prompt, object=shown)
    return Question(
        id=f"{item.id}-{kind}",
        split=split,
        cluster=item.cluster,
        text=prompt,
        prompt=prompt,
        choices=(task.no, task.yes),
        answer=answer,
        media=item.media[:1],
    )


def _other_files(content: Content, item: MediaItem, others: Sequence[MediaItem]) -> tuple[Media, ...]:
    """The files of the first item that fits, from a pseudo-random place on; none if no item fits."""
    start = content.rng(f"shuffled: {item.id}").randrange(len(others))
    for other in [*others[start:], *others[:start]]:
        if other.label != item.label and other.media != item.media and _shares_nothing(other, item):
            return other.media
    return ()


def _shares_nothing(one: MediaItem, other: MediaItem) -> bool:
    return set(one.properties).isdisjoint(other.properties)


VIEWS = {
    "captions": View(Question, captions_view, "nothing: a caption and the file that it describes"),
    "objects": View(Question, objects_view, "is this in the picture; half of the things are not"),
    "classify_shuffled": View(Question, classify_shuffled_view, "which label, of a file of another item"),
}

OF_MEDIA = ("classify", "answer", *VIEWS)
"""The views of a domain whose items show files."""
