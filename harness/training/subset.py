"""Draw the few items that a low-resource recipe learns from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.config.recipe import Subset
from harness.errors import RunFailed
from harness.items.item import shuffle_key
from harness.items.rows import Question


def draw(questions: Sequence[Question], count: int, *, subset: Subset, seed: int) -> list[Question]:
    """`count` questions, or `subset.per_label` questions of each answer, in an order that depends only on the seed.

    A larger draw of the same seed contains every smaller one, so each point of a learning curve only adds items.

    Raises:
        RunFailed: there are too few questions, in total or with one of the answers. An answer that is only ever a wrong
            choice has no question.
    """
    ordered = sorted(questions, key=lambda question: shuffle_key(seed, question.id))
    if subset.per_label is None:
        if count > len(ordered):
            raise RunFailed(f"refused: the recipe asks for {count} training items, and there are {len(ordered)}")
        return ordered[:count]
    sizes = Counter({choice: 0 for question in ordered for choice in question.choices})
    sizes.update(question.answer for question in ordered)
    label, least = min(sizes.items(), key=lambda entry: (entry[1], entry[0]))
    if least < subset.per_label:
        raise RunFailed(
            f"refused: the recipe asks for {subset.per_label} training items of each label, and {label!r} has {least}"
        )
    chosen, taken = [], Counter[str]()
    for question in ordered:
        taken[question.answer] += 1
        if taken[question.answer] <= subset.per_label:
            chosen.append(question)
    return chosen


def of_same_items(questions: Sequence[Question], chosen: Sequence[Question]) -> list[Question]:
    """The questions about the same items as `chosen`. A view with several questions per item adds suffixes to ids."""
    names = {question.id for question in chosen}
    return [
        question
        for question in questions
        if question.id in names or any(question.id.startswith(f"{name}-") for name in names)
    ]
