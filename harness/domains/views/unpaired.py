"""View `unpaired_preferences`: single replies with a verdict, for methods that learn without pairs (KTO).

It follows the unpaired preferences of TRL (Ethayarajh et al. 2024, arXiv:2402.01306).
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.domains.views.contract import Content, View
from harness.domains.views.multiple_choice import distinct
from harness.domains.views.templates import fill
from harness.items.item import Item
from harness.items.unpaired import UnpairedPreference, has_only_wrong_answers


def unpaired_view(content: Content) -> list[UnpairedPreference]:
    """Every right and every wrong answer as a row of its own; empty if each item has a right answer.

    If all items have one, `preferences` and `answer` say the same.
    """
    task = content.domain.answer
    if task is None or not any(has_only_wrong_answers(item) for item in content.items):
        return []
    return content.mixed(
        UnpairedPreference(
            id=f"{item.id}-{'good' if is_good else 'bad'}-{place}",
            split=content.split[item.id],
            cluster=item.cluster,
            prompt=fill(task.prompt, text=item.text),
            completion=reply,
            label=is_good,
        )
        for item in content.ordered
        for place, (reply, is_good) in enumerate(_replies(content, item))
    )


def _replies(content: Content, item: Item) -> Iterator[tuple[str, bool]]:
    right = distinct([*([item.answer] if item.answer else []), *item.other_answers])
    yield from ((reply, True) for reply in right)
    yield from ((reply, False) for reply in distinct(content.wrong_answers(item), apart_from=right))


VIEWS = {
    "unpaired_preferences": View(UnpairedPreference, unpaired_view, "single replies, each with a verdict: good or bad")
}
