"""View `unanswerable`: questions about codes, half of which do not exist. Does a model say so, or invent a meaning?"""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.domain import UnanswerableTask
from harness.domains.views.contract import Content, View
from harness.domains.views.multiple_choice import WRONG, distinct, shuffled
from harness.domains.views.templates import fill
from harness.items.item import SPLITS, Item
from harness.items.rows import Question

FEWEST = 2
"""Wrong descriptions that an item needs. With one there would be two choices, and half the guesses would be right."""


def unanswerable_view(content: Content) -> list[Question]:
    """Two questions per item: one about its own code, one about a code that does not exist.

    The right answer to the second is `unknown`, which both questions offer. Both offer the same number of descriptions
    in random order, so neither the number of choices nor the place of `unknown` reveals the kind of question. At most
    `unanswerable.items` items per split are used.
    """
    task = content.domain.unanswerable
    if task is None:
        return []
    questions: list[Question] = []
    for name in SPLITS:
        usable = [
            (item, wrong)
            for item in content.by_split[name]
            if item.code and item.missing_code and len(wrong := _wrong(content, item, task)) >= FEWEST
        ]
        for item, wrong in usable[: task.items]:
            questions.append(_question(content, item, wrong, task=task, exists=True))
            questions.append(_question(content, item, wrong, task=task, exists=False))
    return questions


def _wrong(content: Content, item: Item, task: UnanswerableTask) -> list[str]:
    return distinct(content.wrong_answers(item), apart_from=[item.text, task.unknown])[:WRONG]


def _question(content: Content, item: Item, wrong: Sequence[str], *, task: UnanswerableTask, exists: bool) -> Question:
    code = (item.code if exists else item.missing_code) or ""
    described = [item.text, *wrong[:-1]] if exists else wrong
    name = f"{item.id}-{'known' if exists else 'missing'}"
    return Question(
        id=name,
        split=content.split[item.id],
        cluster=item.cluster,
        text=code,
        prompt=fill(task.prompt, code=code, unknown=task.unknown),
        choices=shuffled([*described, task.unknown], rng=content.rng(f"unanswerable: {name}")),
        answer=item.text if exists else task.unknown,
    )


VIEWS = {"unanswerable": View(Question, unanswerable_view, "what does this code stand for, if it exists")}
