from __future__ import annotations

import json

import pytest

from harness.__main__ import main as harness
from harness.config.project import Project
from harness.errors import DataError
from harness.reports.compare.browse import browse
from harness.verbs.samples import main
from tests.reports.board_factory import recorded_project
from tests.reports.item_views import write_abstention, write_questions

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
    keys = {"item", "cluster", "text", "prompt", "gold", "answer", "correct", "right"}
    assert [set(one) for one in items] == [keys] * 2


def test_without_a_suite_the_suites_are_listed(project: Project) -> None:
    with pytest.raises(DataError, match="name a suite") as raised:
        browse(project, RUN, suite=None, limit=5)
    assert raised.value.expected == "one of classification, claims"


def test_an_unknown_suite_gets_the_list_of_suites(project: Project) -> None:
    with pytest.raises(DataError) as raised:
        browse(project, RUN, suite="speed", limit=5)
    assert raised.value.expected == "one of classification, claims"


@pytest.fixture(scope="module")
def abstaining(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A run that was asked what an extract says."""
    project = recorded_project(tmp_path_factory.mktemp("abstaining"))
    write_abstention(project, RUN)
    return project


def test_a_wrong_answer_is_never_shown_as_right(abstaining: Project) -> None:
    found = browse(abstaining, RUN, suite="grounded", limit=9)
    assert {one["item"]: (one["answer"], one["correct"], one["right"]) for one in found.items} == {
        "wrong": ("answered: hats", 1.0, 0.0),
        "right": ("answered: footwear", 1.0, 1.0),
        "declined": ("abstained", 1.0, 1.0),
        "lost": ("abstained", 0.0, 0.0),
        "invented": ("answered: hats", 0.0, 0.0),
    }
    gold = {one["item"]: one["gold"] for one in found.items}
    assert (gold["wrong"], gold["declined"]) == ("an answer: footwear", "to abstain: not in the extract")
    wrong = browse(abstaining, RUN, suite="grounded", limit=9, wrong=True)
    assert {one["item"] for one in wrong.items} == {"wrong", "lost", "invented"}


def test_the_table_shows_what_counts_and_what_is_right(
    abstaining: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(abstaining.root)
    main([RUN, "--suite", "grounded"])
    shown = capsys.readouterr().out
    line = next(line for line in shown.splitlines() if line.startswith("│ wrong"))
    assert [cell.strip() for cell in line.strip("│").split("│")][-2:] == ["1", "no"]
    assert "counts: the item's part of balanced_accuracy; right: whether the answer is right" in shown


def test_the_whole_prompt_is_shown_with_the_extract_that_the_model_read(
    abstaining: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(abstaining.root)
    main([RUN, "--suite", "grounded", "--prompt"])
    shown = capsys.readouterr().out
    assert "  | 6401: footwear\n  | 6402: hats\n  | What is 6401?\n" in shown
    assert "wrong [c]: counts 1, right no" in shown


def test_without_prepared_data_only_what_is_sure_is_called_right_or_wrong(project: Project) -> None:
    write_abstention(project, RUN, prepared=False)
    found = {one["item"]: one["right"] for one in browse(project, RUN, suite="grounded", limit=9).items}
    assert found == {"wrong": None, "right": None, "declined": 1.0, "lost": 0.0, "invented": 0.0}
