from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project
from harness.domains.builders._people_apart import groups_of_people
from harness.domains.builders.chitchat import CHARACTERS, FILE, build
from harness.errors import DataError
from harness.items.item import Item, Note
from harness.pipeline.family_stages import reads_pairs
from tests.tree import ROOT

SMALL = {"train_chats": 5, "validation_chats": 3}


def chat(people: str, rating: int | None, *, length: int = 100, texts: list[str] | None = None) -> dict[str, Any]:
    """A chat of ten messages in turns. `people`: "t1 t2"; `rating`: the same for all three kinds."""
    texts = texts or [f"{people} {number} {rating} ".ljust(length, "y") for number in range(10)]
    turns = [[{"text": text, "sender": sender}] for text, sender in zip(texts, cycle(people.split()), strict=False)]
    ratings = {} if rating is None else {"ratings": dict.fromkeys(("witty", "interesting", "upbeat"), rating)}
    return {"messages": turns, **ratings}


def group(name: str) -> dict[str, dict[str, Any]]:
    """Four people; a low-rated chat, a high-rated one between the two others, and one that connects them."""
    return {
        f"{name}-low": chat(f"{name}1 {name}2", 2),
        f"{name}-high": chat(f"{name}3 {name}4", 9),
        f"{name}-mid": chat(f"{name}2 {name}3", 6),
    }


def three_groups() -> dict[str, dict[str, Any]]:
    """Five chats of people t, three of people v, three of people x."""
    more = {"t-better": chat("t3 t4", 10, length=110), "t-even": chat("t1 t4", 6)}
    return {**group("t"), **more, **group("v"), **group("x")}


def written(folder: Path, content: Any) -> Path:
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return folder


def pairs_of(items: list[Item], split: str) -> list[str]:
    return [item.id for item in items if item.given_split == split]


def test_the_largest_group_trains_and_a_low_chat_repeats_in_training_alone(tmp_path: Path) -> None:
    items = build(written(tmp_path, three_groups()), SMALL).items
    assert pairs_of(items, "train") == ["t-high-t-low", "t-better-t-low"]  # the nearer in length comes first
    assert pairs_of(items, "validation") == ["v-high-v-low"]
    assert pairs_of(items, "test") == ["x-high-x-low"]
    assert all(item.text == item.answer for item in items)
    assert {item.cluster[0] for item in items if item.given_split == "train"} == {"t"}


def test_a_low_chat_is_in_as_many_training_pairs_as_asked(tmp_path: Path) -> None:
    items = build(written(tmp_path, three_groups()), {**SMALL, "repeats": 1}).items
    assert pairs_of(items, "train") == ["t-high-t-low"]


def test_a_chat_between_people_of_two_splits_is_left_out(tmp_path: Path) -> None:
    built = build(written(tmp_path, {**three_groups(), "across": chat("t1 x1", 1)}), SMALL)
    assert not any("across" in item.id for item in built.items)
    assert Note("rated chats are between people of two splits, and were left out", 1) in built.notes


def test_untouched_ratings_one_sided_and_short_chats_are_left_out(tmp_path: Path) -> None:
    extra = {
        "untouched": chat("t1 t2", 5),
        "unrated": chat("t1 t2", None),
        "alone": chat("t1", 1),
        "short": chat("t1 t2", 1, length=20),
        "vulgar": chat("t1 t2", 1, texts=["y" * 100] * 9 + ["some porn"]),
    }
    built = build(written(tmp_path, {**three_groups(), **extra}), SMALL)
    assert len(built.items) == 4
    assert [note.count for note in built.notes] == [2, 2, 1, 0]


def test_a_text_is_the_end_of_the_chat_with_letters_for_people_and_without_addresses(tmp_path: Path) -> None:
    texts = ["y" * 400, "Good   morning", "Hello", "Mail me@example.org", "z" * 300]
    low = chat("t1 t2", 1, texts=texts)
    low["messages"][2].append({"text": "Still there?", "sender": "t1"})
    items = build(written(tmp_path, {**three_groups(), "t-low": low}), SMALL).items
    (end,) = items[0].wrong_answers
    assert end.split("\n") == [
        "A: Good morning",
        "B: Hello Still there?",
        "A: Mail [e-mail address]",
        f"B: {'z' * 300}",
    ]
    assert len(end) <= CHARACTERS < 400 + len(end)


def test_people_who_talk_most_stay_together_and_nobody_is_in_two_groups() -> None:
    couples = [("a", "b")] * 3 + [("b", "c")] * 2 + [("c", "d")] * 3 + [("d", "e")]
    assert groups_of_people(couples, most=3) == {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2}
    assert set(groups_of_people(couples, most=9).values()) == {0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gaps": 1}, "unknown option"),
        ({"gap": 0}, '"gap" is 0'),
        ({**SMALL, "gap": 25}, "no two chats of the train split are 25 points apart"),
        ({**SMALL, "validation_chats": 2}, "no two chats of the validation split"),
    ],
)
def test_options_that_are_wrong_or_leave_no_pair_are_refused(
    tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        build(written(tmp_path, three_groups()), options)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ratings": {"witty": 1, "upbeat": 2}}, 'ratings of the chat "c"'),
        ({"ratings": {"witty": 0, "upbeat": 2, "interesting": 3}}, "each from 1 to 10"),
        ({"messages": [[{"text": "hi"}]]}, "no text or no sender"),
    ],
)
def test_a_chat_of_another_layout_is_named(tmp_path: Path, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        build(written(tmp_path, {"c": {**chat("t1 t2", 2), **changed}}), {})


def test_a_missing_file_names_the_verb_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing") as caught:
        build(tmp_path, {})
    assert "harness fetch" in str(caught.value)
    with pytest.raises(DataError, match="no mapping of chats"):
        build(written(tmp_path, []), {})
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="not JSON"):
        build(tmp_path, {})


def test_the_recipe_of_human_ratings_runs_on_this_domain_alone_and_needs_no_other_run() -> None:
    project = Project(ROOT)
    recipe = project.recipe("human/reward")
    assert [key.domains for key in project.runs() if key.recipe_id == recipe.id] == [("chitchat",)]
    assert not recipe.run.parent_ids
    assert not reads_pairs(recipe)  # data/preferences/chitchat is never written
