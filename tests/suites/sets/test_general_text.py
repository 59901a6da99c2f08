from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from harness.config.suite import Suite
from harness.errors import DataError
from harness.scoring.contract import get_kind
from harness.suites.build import check_rows
from harness.suites.contract import Places, get_set
from harness.suites.sets.general_text import FEWEST, FILE, MOST, build

SUITES = Path(__file__).parents[3] / "data/suites"
ANSWER = " ".join(["word"] * FEWEST)


def places(folder: Path) -> Places:
    return Places(sources=folder, suites=folder)


def write(folder: Path, *records: object) -> Places:
    (folder / FILE).write_text("".join(json.dumps(record) + "\n" for record in records))
    return places(folder)


def record(topic: str = "history", prompt: str = "Who?", answer: str = ANSWER) -> dict[str, str]:
    return {"topic": topic, "prompt": prompt, "answer": answer}


def test_the_shipped_questions_can_be_asked_and_any_first_n_is_balanced_over_topics() -> None:
    rows = get_set("general_text").build(places(SUITES))
    check_rows(rows, where="general_text")
    assert len(rows) >= 120
    topics = [row.id.rsplit("-", 1)[0] for row in rows]
    for n in (12, 24, 30, 36, 60, len(rows)):
        counts = Counter(topics[:n])
        assert len(counts) == min(n, 12)
        assert max(counts.values()) - min(counts.values()) <= 1


def test_every_shipped_question_is_its_own_cluster_and_has_one_answer_of_a_few_lines() -> None:
    rows = build(places(SUITES))
    assert len({row.cluster for row in rows}) == len({row.answer for row in rows}) == len(rows)
    assert all(FEWEST <= len(row.answer.split()) <= MOST for row in rows)
    assert all(row.choices == () and row.text == row.prompt and "/" not in row.id for row in rows)


def test_the_suite_is_asked_by_a_kind_that_computes_what_it_shows() -> None:
    suite = Suite.model_validate(YAML(typ="safe").load((SUITES / "general_text.yaml").read_text()))
    kind = get_kind(suite.kind)
    assert {suite.metric, *suite.also} == set(kind.metrics)
    rows = build(places(SUITES))
    assert all(kind.can_ask(row) for row in rows)
    assert suite.items is not None
    assert suite.items <= len(rows)


def test_topics_take_turns_until_each_is_used_up(tmp_path: Path) -> None:
    several = [record("history", f"h{i}") for i in range(3)] + [record("code", "c0")]
    rows = build(write(tmp_path, *several))
    assert [(row.id, row.prompt) for row in rows] == [
        ("history-1", "h0"),
        ("code-1", "c0"),
        ("history-2", "h1"),
        ("history-3", "h2"),
    ]


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ({"topic": "history", "prompt": "Who?"}, '"answer" is missing'),
        ({**record(), "note": "x"}, '"note" is unknown'),
        (record(prompt=" "), '"prompt" is empty'),
        ({**record(), "prompt": 5}, '"prompt" is 5'),
        (record(topic="a/b"), "\"topic\" is 'a/b'"),
        (record(answer="too short"), '"answer" has 2 words'),
        (record(answer="word " * (MOST + 1)), f'"answer" has {MOST + 1} words'),
        (record(prompt="first"), "the prompt occurs twice"),
    ],
)
def test_a_broken_record_is_told_with_its_line(tmp_path: Path, broken: object, problem: str) -> None:
    with pytest.raises(DataError) as caught:
        build(write(tmp_path, record(prompt="first"), broken))
    assert problem in caught.value.what
    assert caught.value.where == f"{tmp_path / FILE}:2"
