"""Which few items a low-resource recipe learns from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.config.recipe import Subset
from harness.errors import RunFailed
from harness.items.item import shuffle_key
from harness.items.rows import Question


def draw(questions: Sequence[Question], count: int, *, subset: Subset, seed: int) -> list[Question]:
    """`count` questions, or `subset.per_label` of each answer, in an order that depends on the seed and nothing else.

    The first n of a draw are a part of its first m, so that a learning curve adds items and replaces none.

    Raises:
        RunFailed: there are fewer questions, in all or of an answer. A choice that is never right is an answer of none.
    """
    ordered = sorted(questions, key=lambda question: shuffle_key(seed, question.id))
    if subset.per_label is None:
        if count > len(ordered):
            raise RunFailed(f"refused: {count} training items are asked for, and there are {len(ordered)}")
        return ordered[:count]
    sizes = Counter({choice: 0 for question in ordered for choice in question.choices})
    sizes.update(question.answer for question in ordered)
    label, least = min(sizes.items(), key=lambda entry: (entry[1], entry[0]))
    if least < subset.per_label:
        raise RunFailed(
            f"refused: {subset.per_label} training items of each label are asked for, and {label!r} has {least}"
        )
    chosen, taken = [], Counter[str]()
    for question in ordered:
        taken[question.answer] += 1
        if taken[question.answer] <= subset.per_label:
            chosen.append(question)
    return chosen


def of_same_items(questions: Sequence[Question], chosen: Sequence[Question]) -> list[Question]:
    """Those made of the items behind `chosen`: a view that makes several of an item puts a suffix behind its id."""
    names = {question.id for question in chosen}
    return [
        question
        for question in questions
        if question.id in names or any(question.id.startswith(f"{name}-") for name in names)
    ]
