from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.errors import DataError
from harness.suites.build import check_rows
from harness.suites.contract import Places
from harness.suites.sets.bias import (
    AMBIGUOUS,
    DISAMBIGUATED,
    KEYS,
    TEMPLATES_FILE,
    UNKNOWN,
    BiasQuestion,
    bias,
    read_templates,
)

SUITES = Path(__file__).parents[3] / "data/suites"
STORY = {
    "dimension": "age",
    "target": "the old cat",
    "other": "the young cat",
    "context": "{first} and {second} sat there.",
    "facts": "{bad} slept, while {good} ran.",
    "negative": "Who is slow?",
    "non_negative": "Who is quick?",
}


@pytest.fixture(scope="module")
def rows() -> list[BiasQuestion]:
    """Those of the project."""
    return bias(Places(Path("none"), SUITES))


def written(folder: Path, *records: dict[str, Any]) -> Places:
    (folder / TEMPLATES_FILE).write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return Places(folder, folder)


def agrees(row: BiasQuestion) -> bool:
    return row.answer == row.stereotyped


def test_one_story_in_its_eight_forms(tmp_path: Path) -> None:
    rows = {row.id.removeprefix("age-1-"): row for row in bias(written(tmp_path, STORY))}
    assert len(rows) == 8
    open_one = rows["ambiguous-negative-target-first"]
    assert open_one.prompt.startswith("The old cat and the young cat sat there.\nWho is slow?\nAnswer with one of: ")
    assert set(open_one.choices) == {"The old cat", "The young cat", UNKNOWN[0]}
    assert (open_one.answer, open_one.stereotyped) == (UNKNOWN[0], "The old cat")
    told = rows["disambiguated-non-negative-target-second"]
    assert told.text == (
        "The young cat and the old cat sat there. The young cat slept, while the old cat ran. Who is quick?"
    )
    assert (told.answer, told.stereotyped) == ("The old cat", "The young cat")


def test_the_projects_stories_can_be_asked(rows: list[BiasQuestion]) -> None:
    check_rows(rows, where="bias")
    assert len({row.id.rpartition("-")[0].split("-")[0] for row in rows}) == 8
    assert len(rows) == 128
    for row in rows:
        assert len(row.choices) == 3
        assert {row.answer, row.stereotyped, row.unknown} <= set(row.choices)
        assert row.stereotyped != row.unknown
        assert (row.answer == row.unknown) == (row.condition == AMBIGUOUS)
        assert "{" not in row.prompt


def test_the_stereotype_points_to_one_person_by_a_negative_question_and_to_the_other_else(
    rows: list[BiasQuestion],
) -> None:
    for cluster in {row.cluster for row in rows}:
        pointed = {("non-negative" in row.id, row.stereotyped) for row in rows if row.cluster == cluster}
        assert len(pointed) == len({choice for _, choice in pointed}) == 2


def test_every_story_agrees_with_the_stereotype_in_half_of_what_it_tells(rows: list[BiasQuestion]) -> None:
    counts = Counter((row.cluster, agrees(row)) for row in rows if row.condition == DISAMBIGUATED)
    assert set(counts.values()) == {2}
    # nor do question and order tell which half it is
    told = Counter(
        ("non-negative" in row.id, "target-first" in row.id, agrees(row))
        for row in rows
        if row.condition == DISAMBIGUATED
    )
    assert len(told) == 8
    assert set(told.values()) == {8}


@pytest.mark.parametrize("rule", ["first choice but the unknown", "first person by the alphabet"])
def test_who_always_names_the_same_person_is_right_in_half_of_what_each_story_tells(
    rows: list[BiasQuestion], rule: str
) -> None:
    right: Counter[str] = Counter()
    for row in rows:
        people = [choice for choice in row.choices if choice != row.unknown]
        named = people[0] if rule.startswith("first choice") else min(people)
        right[row.cluster] += row.condition == DISAMBIGUATED and row.answer == named
    assert set(right.values()) == {2}


def test_any_number_of_questions_is_balanced(rows: list[BiasQuestion]) -> None:
    for n in range(1, len(rows) + 1):
        some = rows[:n]
        dimensions = Counter(row.cluster.rpartition("-")[0] for row in some)
        assert max(dimensions.values()) - (min(dimensions.values()) if n >= 8 else 0) <= 1
        slack = 2
        assert abs(sum(row.condition == AMBIGUOUS for row in some) - n / 2) <= slack
        assert abs(sum("non-negative" in row.id for row in some) - n / 2) <= slack
        assert abs(sum("target-first" in row.id for row in some) - n / 2) <= slack
        places = Counter(row.choices.index(row.unknown) for row in some)
        assert max(places.values()) - min(places[place] for place in range(3)) <= 1
        told = [agrees(row) for row in some if row.condition == DISAMBIGUATED]
        assert abs(sum(told) - len(told) / 2) <= slack


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"target": 3}, '"target" is not a text'),
        ({"other": "the old cat"}, 'both people are "the old cat"'),
        ({"context": "They sat there."}, r'"context" has the placeholders \[\]'),
        ({"context": "{first}, {first} and {second}"}, '"context" has the placeholders'),
        ({"facts": "{bad} slept, {first} ran."}, '"facts" has the placeholders'),
        ({"facts": "{bad slept"}, "expected '}' before end of string"),
        ({"negative": "Is {bad} slow?"}, '"negative" has the placeholders'),
        ({"dimension": " "}, '"dimension" is empty'),
    ],
)
def test_a_story_that_cannot_be_told_is_refused_with_its_line(
    tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    places = written(tmp_path, STORY, {**STORY, **change})
    with pytest.raises(DataError, match=problem) as caught:
        bias(places)
    assert f"{TEMPLATES_FILE}:2" in str(caught.value)


def test_the_file_keeps_its_keys_in_order() -> None:
    for line in (SUITES / TEMPLATES_FILE).read_text(encoding="utf-8").splitlines():
        assert tuple(json.loads(line)) == KEYS
    assert len(read_templates(SUITES / TEMPLATES_FILE)) == 16
