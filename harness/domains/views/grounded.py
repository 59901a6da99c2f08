"""Questions about an extract that holds the answer, or has lost just that line: does a model keep to what it reads?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.config.domain import GroundedTask
from harness.domains.views.answer import answered
from harness.domains.views.contract import Content, View
from harness.domains.views.multiple_choice import distinct, shuffled
from harness.domains.views.templates import fill
from harness.items.item import SPLITS, Item, Split
from harness.items.rows import Question

LINES = 4
"""Of an extract; so many neighbours an item needs, one of which takes the place of its own line."""


@dataclass(frozen=True)
class _Line:
    """What an extract says of one thing."""

    meaning: str
    """The description or answer, as it stands among the choices."""
    shown: str
    """The whole line."""


def grounded_view(content: Content) -> list[Question]:
    """Two questions per item, which differ in one line of the extract: with its own one, and with another for it.

    The right answer to the second is `unknown`. Both have the same choices in the same order: the item's own meaning,
    those of its neighbours, and `unknown`. So one choice of either question is not in its extract, and nothing but the
    extract tells which question it is; who knows the item by heart is drawn to its meaning in both. At most
    `grounded.items` items per split.
    """
    task = content.domain.grounded
    if task is None:
        return []
    questions: list[Question] = []
    for name in SPLITS:
        pairs = (_pair(content, item, lines, task) for item, lines in _extracts(content, name, task))
        questions += [question for _, pair in zip(range(task.items), pairs, strict=False) for question in pair]
    return questions


def _extracts(content: Content, split: Split, task: GroundedTask) -> Iterator[tuple[Item, list[_Line]]]:
    """Items with their own line and those of as many neighbours as an extract has lines; others are left out."""
    lines = _of_codes(content, split) if "{code}" in task.prompt else _of_answers(content, split)
    for item, own, others in lines:
        wrong = {line.meaning: line for line in others}
        chosen = distinct(list(wrong), apart_from=[own.meaning, task.unknown, *item.other_answers])[:LINES]
        if len(chosen) == LINES:
            yield item, [own, *(wrong[meaning] for meaning in chosen)]


def _of_codes(content: Content, split: Split) -> Iterator[tuple[Item, _Line, list[_Line]]]:
    """`code: description`; neighbours are those next to it in the order of codes, all of them of the same split.

    So no held-out item is shown in training. (An item's wrong answers come without their codes.)
    """
    ordered = sorted((item for item in content.by_split[split] if item.code), key=lambda item: (item.code, item.id))
    place = {item.id: number for number, item in enumerate(ordered)}
    for item in content.by_split[split]:
        if item.code:
            near = _outward(ordered, place[item.id])
            yield item, _coded(item), [_coded(other) for _, other in zip(range(2 * LINES), near, strict=False)]


def _of_answers(content: Content, split: Split) -> Iterator[tuple[Item, _Line, list[_Line]]]:
    for item, answer in answered(content):
        if content.split[item.id] == split:
            yield item, _bullet(answer), [_bullet(wrong) for wrong in content.wrong_answers(item)]


def _outward(ordered: Sequence[Item], place: int) -> Iterator[Item]:
    """The other items, nearest first; of equally near ones the earlier."""
    for distance in range(1, len(ordered)):
        for other in (place - distance, place + distance):
            if 0 <= other < len(ordered):
                yield ordered[other]


def _coded(item: Item) -> _Line:
    return _Line(item.text, f"{item.code}: {item.text}")


def _bullet(answer: str) -> _Line:
    return _Line(answer, f"- {answer}")


def _pair(content: Content, item: Item, lines: Sequence[_Line], task: GroundedTask) -> list[Question]:
    own, *others = lines
    # of about its length, so that the two extracts are equally long
    instead = min(others, key=lambda line: abs(len(line.shown) - len(own.shown)))
    rng = content.rng(f"grounded: {item.id}")
    kept = rng.sample([own, *(line for line in others if line != instead)], LINES)
    removed = [instead if line == own else line for line in kept]
    choices = shuffled([*(line.meaning for line in lines), task.unknown], rng=rng)
    asked = item.code if "{code}" in task.prompt else item.text
    return [
        Question(
            id=f"{item.id}-{form}",
            split=content.split[item.id],
            cluster=item.cluster,
            text=asked or "",
            prompt=fill(
                task.prompt,
                passage="\n".join(line.shown for line in extract),
                code=asked or "",
                text=asked or "",
                unknown=task.unknown,
            ),
            choices=choices,
            answer=answer,
        )
        for form, extract, answer in (("kept", kept, own.meaning), ("removed", removed, task.unknown))
    ]


VIEWS = {"grounded": View(Question, grounded_view, "what does an extract say, which may have lost the answer")}
