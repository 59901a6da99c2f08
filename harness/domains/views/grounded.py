"""View `grounded`: questions about an extract that contains the answer, or from which just that line was removed.

It measures whether a model answers from what it reads.
"""

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
"""Lines of an extract. An item needs as many neighbours, one of which replaces its own line."""


@dataclass(frozen=True)
class _Line:
    """One line of an extract."""

    meaning: str
    """The description or answer, as it is offered among the choices."""
    shown: str
    """The line as it is printed in the extract."""


def grounded_view(content: Content) -> list[Question]:
    """Two questions per item, whose extracts differ in one line: the item's own line, or another line in its place.

    The right answer to the second question is `unknown`. Both questions have the same choices in the same order: the
    item's own meaning, the meanings of its neighbours, and `unknown`. In either question one choice is not in the
    extract, so only the extract shows which question it is. A model that memorised the item is drawn to its meaning in
    both. At most `grounded.items` items per split are used.
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
    """Items, each with its own line and the lines of `LINES` neighbours. Items with fewer neighbours are left out."""
    lines = _of_codes(content, split) if "{code}" in task.prompt else _of_answers(content, split)
    for item, own, others in lines:
        wrong = {line.meaning: line for line in others}
        chosen = distinct(list(wrong), apart_from=[own.meaning, task.unknown, *item.other_answers])[:LINES]
        if len(chosen) == LINES:
            yield item, [own, *(wrong[meaning] for meaning in chosen)]


def _of_codes(content: Content, split: Split) -> Iterator[tuple[Item, _Line, list[_Line]]]:
    """Lines `code: description`. Neighbours are the nearest items in the order of codes, within the same split.

    So no held-out item is shown in training. (The item's wrong answers cannot be used, because they have no codes.)
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
    """The other items, nearest first; of two at the same distance, the earlier one first."""
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
    # the line nearest in length, so that the two extracts are about equally long
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


VIEWS = {"grounded": View(Question, grounded_view, "what does an extract say, from which the answer may be missing")}
