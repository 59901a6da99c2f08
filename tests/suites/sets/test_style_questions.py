from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import DataError
from harness.items.rows import read_rows, write_rows
from harness.scoring.kinds.style import checks_of
from harness.suites.checks.language import LANGUAGES
from harness.suites.checks.registry import FAMILIES, FAMILY_OF
from harness.suites.contract import Places, get_set
from harness.suites.sets.style import StyleQuestion, build

SUITES = Path("data/suites")
NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
LOREM = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore "
    "magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo."
)
LAZY = ["Yes.", "ok", "No", "1", "...", LOREM, LOREM[:27], f"{LOREM}\n\n{LOREM}", "I'm sorry, I can't help with that."]
LAZY_SHARE = 0.06
"""At most this share of instructions may be kept by an answer that does not look at them."""


@pytest.fixture(scope="module")
def rows() -> list[StyleQuestion]:
    return build(Places(Path("data/sources"), SUITES))


def kept(rows: list[StyleQuestion], answers: list[str]) -> float:
    pairs = zip(rows, answers, strict=True)
    return sum(all(check.holds(answer) for check in checks_of(row)) for row, answer in pairs) / len(rows)


def test_there_are_enough_instructions_over_enough_kinds_of_check(rows: list[StyleQuestion]) -> None:
    assert len(rows) >= 120
    assert len({check.name for row in rows for check in checks_of(row)}) >= 40
    assert 0.25 < sum(len(row.checks) > 1 for row in rows) / len(rows) < 0.6


def test_any_first_n_hold_equally_many_of_each_family(rows: list[StyleQuestion]) -> None:
    seen = Counter(dict.fromkeys(FAMILIES, 0))
    for row in rows:
        seen[FAMILY_OF[row.cluster]] += 1
        assert max(seen.values()) - min(seen.values()) <= 1


def test_the_checks_of_a_family_take_turns(rows: list[StyleQuestion]) -> None:
    left = Counter(row.cluster for row in rows)
    seen: Counter[str] = Counter()
    for row in rows:
        others = [name for name in FAMILIES[FAMILY_OF[row.cluster]] if left[name] > seen[name]]
        assert seen[row.cluster] == min(seen[name] for name in others)
        seen[row.cluster] += 1


@pytest.mark.parametrize("answer", LAZY)
def test_an_answer_that_does_not_look_at_the_instruction_keeps_few(rows: list[StyleQuestion], answer: str) -> None:
    assert kept(rows, [answer] * len(rows)) <= LAZY_SHARE


def test_the_instruction_itself_keeps_few_instructions(rows: list[StyleQuestion]) -> None:
    assert kept(rows, [row.prompt for row in rows]) <= LAZY_SHARE
    assert kept(rows, [f"{row.prompt}\n\n{row.prompt}" for row in rows]) <= LAZY_SHARE


def says(prompt: str, part: str) -> bool:
    """The number, in digits or letters, or the word."""
    forms = [part]
    if part.isdigit() and int(part) < len(NUMBERS):
        forms += [NUMBERS[int(part)], *(["a single"] if part == "1" else [])]
    return any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", prompt, re.IGNORECASE) for form in forms)


def test_every_instruction_says_the_numbers_and_words_that_are_checked(rows: list[StyleQuestion]) -> None:
    for row in rows:
        for check in checks_of(row):
            argument = check.text.partition(" ")[2]
            parts = [LANGUAGES[argument]] if check.name == "language" else re.split(r", |(?<=\d) ", argument)
            assert all(says(row.prompt, part) for part in parts if part), row.prompt


def test_the_questions_are_stored_and_read_as_they_are(rows: list[StyleQuestion], tmp_path: Path) -> None:
    found = get_set("style")
    write_rows(found.row, rows, tmp_path / "style.parquet")
    assert read_rows(found.row, tmp_path / "style.parquet") == rows
    assert len({row.id for row in rows}) == len(rows)
    assert {row.split for row in rows} == {"test"}


def test_a_question_says_its_rules_in_words(rows: list[StyleQuestion]) -> None:
    (row,) = [row for row in rows if row.id == "words_at_most-1"]
    assert row.answer == 'at most 15 words; with "sour"'
    assert row.checks == ("words_at_most 15", "contains sour")


GOOD: Mapping[str, object] = {"prompt": "Name a fruit in one word.", "checks": ["words_exactly 1"], "example": "Pear"}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"checks": []}, '"checks" is []'),
        ({"checks": "words_exactly 1"}, "\"checks\" is 'words_exactly 1'"),
        ({"checks": [3]}, '"checks" is [3]'),
        ({"checks": ["word_exactly 1"]}, 'there is no check "word_exactly"'),
        ({"checks": ["words_exactly one"]}, '"one" is not such a number'),
        ({"checks": ["words_exactly 1", "words_exactly 1"]}, "a check occurs twice"),
        ({"example": "Two words"}, 'the example fails the check "words_exactly 1"'),
        ({"example": ""}, '"example" is empty'),
        ({"example": 1}, '"example" is 1'),
        ({"prompt": ["a"]}, "\"prompt\" is ['a']"),
        ({"prompt": "Name a colour in one word."}, "the prompt occurs twice"),
        ({"chekcs": 1}, '"chekcs" is unknown'),
    ],
)
def test_a_broken_record_is_told_with_its_line(tmp_path: Path, changes: dict[str, object], what: str) -> None:
    first = {**GOOD, "prompt": "Name a colour in one word."}
    lines = [json.dumps(first), "", json.dumps({**GOOD, **changes})]
    (tmp_path / "style.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as error:
        build(Places(tmp_path, tmp_path))
    assert error.value.where == f"{tmp_path / 'style.jsonl'}:3"
    assert what in error.value.what


def test_the_suite_asks_a_round_number_of_each_family_and_leaves_room_for_the_examples(
    rows: list[StyleQuestion],
) -> None:
    suite = Project(Path.cwd()).suite("style")
    assert suite.items is not None
    assert suite.items % len(FAMILIES) == 0
    assert suite.max_new_tokens is not None
    for line in (SUITES / "style.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        characters_per_token = 2 if "language" in record["checks"][0] else 3
        assert len(record["example"]) <= characters_per_token * suite.max_new_tokens
