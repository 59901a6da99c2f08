"""Small invented contents: questions with answers in two languages, and coded products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.config.domain import (
    AnswerTask,
    ClaimsTask,
    ClassifyTask,
    DescribeTask,
    Domain,
    GroundedTask,
    ObjectsTask,
    Splits,
    TranslateTask,
    UnanswerableTask,
)
from harness.domains.views.contract import Content
from harness.items.item import SPLITS, Item
from harness.items.media_item import MediaItem, media_of

UNKNOWN = "No such code."


def domain(**tasks: Any) -> Domain:
    """A domain with the tasks given."""
    return Domain(title="Invented", summary="s", builder="b", source="s", splits=Splits(validation=1, test=1), **tasks)


def all_tasks(**changed: Any) -> Domain:
    """A domain with every task; those that are given replace the usual ones."""
    tasks: dict[str, Any] = {
        "classify": ClassifyTask(prompt="Which of {labels}? {text}"),
        "answer": AnswerTask(prompt="Reply: {text}"),
        "describe": DescribeTask(prompt="What is {code}?"),
        "translate": TranslateTask(prompt="Into {language}: {text}", languages={"en": "English", "sv": "Swedish"}),
        "unanswerable": UnanswerableTask(prompt='What is {code}? Else say "{unknown}"', unknown=UNKNOWN),
        "grounded": GroundedTask(prompt='{passage}\n{text} Else say "{unknown}"'),
        "claims": ClaimsTask(prompt="True? {claim}", claim="{text} is {label}"),
        "objects": ObjectsTask(prompt="Is there {object}?"),
    }
    return domain(**tasks | changed)


def in_turn(items: Sequence[Item], asked: Domain) -> Content:
    """Every fifth item is a test item, every fifth a validation item, the others train."""
    places = ("train", "train", "validation", "test", "train")
    split = {item.id: next(name for name in SPLITS if name == places[n % 5]) for n, item in enumerate(items)}
    return Content(items, split, asked)


def rich_item(number: int) -> MediaItem:
    """An item that has all that an item can have."""
    name = f"thing {number}"
    return MediaItem(
        id=f"i{number}",
        text=f"{name} of the {{text}} and {{labels}} kind",
        cluster=f"c{number // 2}",
        label="abc"[number % 3],
        answer=f"Reply {number}.",
        other_answers=(f"Also {number}.",),
        wrong_answers=tuple(f"Wrong {number}.{n}" for n in range(4)),
        code=f"{number:04d}",
        missing_code=f"{number:04d}x",
        anchors=(f"small {name}", f"large {name}"),
        positive=f"heading {number // 2}",
        negatives=(f"heading {number // 2 + 1}", f"heading {number // 2 + 2}"),
        foreign_text=f"sak {number}",
        foreign_answer=f"Svar {number}.",
        media=(media_of("image", name.encode(), ".png"),),
        caption=f"a picture of {name}",
        properties=("abc"[number % 3], str(number)),
    )


def rich(count: int = 60, **changed: Any) -> Content:
    """A content for which every view has rows."""
    return in_turn([rich_item(number) for number in range(count)], all_tasks(**changed))


def only_rejected(number: int) -> Item:
    """An item of which only a reply is known that people rejected."""
    return Item(id=f"i{number}", text=f"question {number}", cluster=f"c{number}", wrong_answers=(f"Rude {number}.",))


def one(item: Item, asked: Domain, *, split: str = "train") -> Content:
    """A content of one item."""
    return Content([item], {item.id: next(name for name in SPLITS if name == split)}, asked)
