from __future__ import annotations

import json

import pytest

from harness.__main__ import main as harness
from harness.config.project import Project
from harness.errors import DataError
from harness.reports.compare.browse import browse
from harness.verbs.samples import main
from tests.reports.board_factory import recorded_project
from tests.reports.item_views import write_questions

RUN = "peft/lora-hs_products-0"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    found = recorded_project(tmp_path_factory.mktemp("browse"))
    write_questions(found)
    return found


def test_items_come_with_text_gold_answer_and_score(project: Project) -> None:
    found = browse(project, RUN, suite="classification", limit=4)
    assert [one["item"] for one in found.items] == ["q000", "q001", "q002", "q003"]
    assert found.items[1]["text"] == "question 1"
    assert all((one["answer"] == one["gold"]) == (one["correct"] == 1.0) for one in found.items)
    assert (found.total, found.notes) == (150, [])


def test_only_wrong_ones_if_asked_for(project: Project) -> None:
    wrong = browse(project, RUN, suite="classification", limit=999, wrong=True)
    every = browse(project, RUN, suite="classification", limit=999)
    assert 0 < wrong.total < every.total
    assert all(one["correct"] == 0.0 for one in wrong.items)


def test_a_recipe_pools_its_seeds(project: Project) -> None:
    found = browse(project, "peft/lora", suite="classification", limit=999)
    assert {one["correct"] for one in found.items} <= {0.0, 0.333333, 0.666667, 1.0}
    assert "mean of 3 seeds" in found.notes[0]


def test_a_model_that_could_not_be_asked_says_why(project: Project) -> None:
    with pytest.raises(DataError, match='no answers to the suite "claims": this model gives no likelihoods'):
        browse(project, "baseline/tfidf", suite="claims", limit=5)


def test_unknown_suites_and_runs_get_a_suggestion(project: Project) -> None:
    with pytest.raises(DataError) as raised:
        browse(project, RUN, suite="classificaton", limit=5)
    assert raised.value.hint == 'did you mean "classification"?'
    with pytest.raises(DataError, match="failed: CUDA"):
        browse(project, "baseline/majority-hs_products-0", suite="claims", limit=5)


def test_the_table_cannot_be_steered_and_says_what_is_left_out(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    assert harness(["samples", RUN, "--suite", "classification", "--limit", "3"]) == 0
    shown = capsys.readouterr().out
    assert "[31mthis" in shown
    assert "[bold]<b>?" in shown
    assert "\x1b" not in shown
    assert "3 of 150 items" in shown


def test_the_json_is_the_items(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    main([RUN, "--suite", "claims", "--json", "--wrong", "--limit", "2"])
    items = json.loads(capsys.readouterr().out)
    assert [set(one) for one in items] == [{"item", "cluster", "text", "gold", "answer", "correct"}] * 2
