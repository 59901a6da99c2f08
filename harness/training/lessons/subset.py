"""Draw the few items that a low-resource recipe learns from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.config.recipe import Subset
from harness.errors import RunFailed
from harness.items.item import shuffle_key
from harness.items.prepared import ViewRow
from harness.items.rows import Instruction, Question


def draw(rows: Sequence[ViewRow], count: int, *, subset: Subset, seed: int) -> list[ViewRow]:
    """`count` rows, or `subset.per_label` rows of each answer, in an order that depends only on the seed and the ids.

    A larger draw of the same seed contains every smaller one, so each point of a learning curve only adds items.

    Raises:
        RunFailed: there are too few rows, in total or with one of the answers (an answer that is only ever a wrong
            choice has no row); or the rows have no answer to draw by.
    """
    ordered = sorted(rows, key=lambda row: shuffle_key(seed, row.id))
    if subset.per_label is None:
        if count > len(ordered):
            raise RunFailed(f"refused: the recipe asks for {count} training items, and there are {len(ordered)}")
        return ordered[:count]
    return _first_of_each_label(ordered, subset.per_label)


def _first_of_each_label(ordered: Sequence[ViewRow], per_label: int) -> list[ViewRow]:
    sizes, answers = Counter[str](), []
    for row in ordered:
        if not isinstance(row, Question | Instruction):
            kind = type(row).__name__
            raise RunFailed(f"refused: `subset.per_label` draws by answer, and rows of the class {kind} have none")
        sizes.update(dict.fromkeys(row.choices, 0) | {row.answer: 1})
        answers.append(row.answer)
    label, least = min(sizes.items(), key=lambda entry: (entry[1], entry[0]))
    if least < per_label:
        raise RunFailed(
            f"refused: the recipe asks for {per_label} training items of each label, and {label!r} has {least}"
        )
    chosen, taken = [], Counter[str]()
    for row, answer in zip(ordered, answers, strict=True):
        taken[answer] += 1
        if taken[answer] <= per_label:
            chosen.append(row)
    return chosen


def of_same_items(questions: Sequence[Question], chosen: Sequence[Question]) -> list[Question]:
    """The questions about the same items as `chosen`. A view with several questions per item adds suffixes to ids."""
    names = {question.id for question in chosen}
    return [
        question
        for question in questions
        if question.id in names or any(question.id.startswith(f"{name}-") for name in names)
    ]
