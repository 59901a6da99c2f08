from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from harness.__main__ import main as harness
from harness.config.project import RECORDS, Project
from harness.errors import DataError
from harness.records.run_record import ScoreRecord, SuiteScore, read_record, write_record
from harness.reports.compare.comparison import Comparison, Wanted, comparisons
from harness.reports.compare.suite_difference import SuiteDifference
from harness.reports.compare.terminal import show
from harness.reports.write import build
from harness.store.ingest import ingest
from harness.verbs.compare import main
from tests.reports.board_factory import SOURCES, recorded_project
from tests.reports.item_views import NASTY, write_questions
from tests.store.records_factory import three_seeds, write_all_runs
from tests.tree import copy_tree

ZERO = "baseline/zero_shot"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    found = recorded_project(tmp_path_factory.mktemp("compare"))
    write_questions(found)
    return found


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(project.root)
    return project


def compared(project: Project, first: str, second: str, *, suite: str | None = None, limit: int = 5) -> Comparison:
    (found,) = comparisons(project, (first, second), domain=None, wanted=Wanted(suite=suite, limit=limit))
    return found


def suite_of(found: Comparison, name: str) -> SuiteDifference:
    (one,) = [suite for suite in found.suites if suite.suite == name]
    return one


def test_the_difference_is_that_of_the_board(project: Project) -> None:
    board = build(Project(project.root), sources=SOURCES)
    (row,) = [row for row in board.rows if row.recipe == "lora"]
    found = compared(project, "peft/lora", ZERO)
    one = suite_of(found, "classification")
    assert row.delta is not None
    assert (one.difference, one.low, one.high) == (row.delta.value, row.delta.low, row.delta.high)
    assert (one.detectable, one.p_value, one.n) == (row.delta.detectable, row.delta.p_value, row.delta.n)
    assert found.first_seeds == [0, 1, 2]
    assert one.verdict == "better"


def test_verdicts_are_corrected_over_the_suites_that_are_compared(project: Project) -> None:
    both = compared(project, "peft/lora", ZERO)
    alone = compared(project, "peft/lora", ZERO, suite="claims")
    assert [suite.family for suite in both.suites] == [2, 2]
    assert alone.suites[0].p_adjusted == alone.suites[0].p_value
    assert [suite.suite for suite in alone.suites] == ["claims"]


def test_turned_round_the_verdict_turns(project: Project) -> None:
    back = suite_of(compared(project, ZERO, "peft/lora"), "classification")
    assert back.verdict == "worse"
    assert back.difference is not None
    assert back.difference < 0


def test_single_seeds_have_mcnemars_table_and_several_have_none(project: Project) -> None:
    one = suite_of(compared(project, "peft/lora-hs_products-1", ZERO), "classification").mcnemar
    assert one is not None
    assert one.both_right + one.only_first + one.only_second + one.both_wrong == 150
    assert one.only_first > one.only_second
    assert one.p_value < 0.01
    assert suite_of(compared(project, "peft/lora", ZERO), "classification").mcnemar is None


def test_flips_carry_their_texts_and_clusters_their_net(project: Project) -> None:
    one = suite_of(compared(project, "peft/lora-hs_products-0", ZERO, limit=3), "classification")
    assert one.flips is not None
    assert one.mcnemar is not None
    assert (one.flips.only_first, one.flips.only_second) == (one.mcnemar.only_first, one.mcnemar.only_second)
    assert len(one.flips.first_right) == 3
    for flip in one.flips.first_right:
        place = int(flip.item[1:])
        assert flip.text == (f"question {place}" if place % 10 else NASTY)
        assert (flip.first, flip.second, flip.first_answer) == (1.0, 0.0, flip.gold)
    assert one.flips.clusters[0].net > 0


def test_without_the_view_the_reason_stands_in_place_of_texts(project: Project) -> None:
    one = suite_of(compared(project, "peft/lora", ZERO), "claims")
    assert one.flips is not None
    assert all(flip.text is None for flip in one.flips.first_right)
    assert one.texts is not None
    assert one.texts == "no texts: the domain has no claims"


def test_a_suite_that_one_could_not_be_asked_says_so(project: Project) -> None:
    one = suite_of(compared(project, "peft/lora", "baseline/tfidf"), "claims")
    assert (one.difference, one.reason) == (None, "baseline/tfidf: this model gives no likelihoods")


def test_other_protocols_are_not_compared(project: Project) -> None:
    found = compared(project, "peft/lora", "baseline/few_shot")
    assert {suite.reason for suite in found.suites} == {"scored by another protocol"}


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("peft/lora", "peft/lora", "peft/lora and peft/lora are the same runs"),
        (ZERO, f"{ZERO}-hs_products-0", "so they do not differ"),
        ("peft/lora", "peft/lora-hs_products-1", "both contain peft/lora-hs_products-1, which does not differ from"),
    ],
)
def test_a_run_is_never_compared_with_itself(project: Project, first: str, second: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        compared(project, first, second)


def test_suites_that_one_side_was_not_asked_are_one_line(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    main(["peft/lora", "baseline/tfidf", "--limit", "0"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "claims" in line] == [
        "not compared: claims (baseline/tfidf: this model gives no likelihoods)"
    ]
    main(["peft/lora", "baseline/few_shot"])
    shown = capsys.readouterr().out
    assert "not compared: classification, claims (scored by another protocol)" in shown
    assert "McNemar" not in shown


def test_suites_without_questions_on_the_domain_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = recorded_project(tmp_path)
    for path in (project.root / RECORDS).glob("*/*/score/scores.json"):
        record = read_record(ScoreRecord, path)
        lacking = [
            SuiteScore(
                suite=view,
                domain="hs_products",
                kind="generation",
                column="score",
                primary="chrf",
                protocol_hash="",
                metrics={},
                reason=f"the domain has no {view}",
            )
            for view in ("translation", "answers")
        ]
        if record.status == "ok":
            write_record(record.model_copy(update={"suites": [*record.suites, *lacking]}), path)
    ingest(project)
    (found,) = comparisons(project, ("peft/lora", ZERO), domain=None, wanted=Wanted(suite=None, limit=0))
    console = Console(file=io.StringIO(), width=200)
    show(found, console)
    assert isinstance(console.file, io.StringIO)
    lines = [line for line in console.file.getvalue().splitlines() if line.startswith("not compared")]
    assert lines == ["not compared: answers, translation (the domain has no questions for it)"]


def test_an_unknown_suite_gets_the_list_of_suites(project: Project) -> None:
    with pytest.raises(DataError) as raised:
        compared(project, "peft/lora", ZERO, suite="speed")
    assert (raised.value.expected, raised.value.hint) == ("one of classification, claims", None)


def test_failed_seeds_are_named(project: Project) -> None:
    assert compared(project, "sft/full", ZERO).notes[0].startswith("sft/full failed, seed 2: CUDA out of memory")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["peft/lorra", ZERO], 'no recipe or run "peft/lorra"', 'did you mean "peft/lora"?'),
        (["peft/lora-hs_product-1", ZERO], "no recipe or run", 'did you mean "peft/lora-hs_products-1"?'),
        (["peft/lora", ZERO, "--suite", "clams"], 'not scored on the suite "clams"', 'did you mean "claims"?'),
        (["peft/lora", ZERO, "--domain", "hs_product"], "no run on the domain", 'did you mean "hs_products"?'),
        (["baseline/majority", ZERO], "baseline/majority failed: CUDA", "harness query"),
        (["sft/full-hs_products-2", ZERO], "sft/full-hs_products-2 failed: CUDA", "harness query"),
    ],
)
def test_mistakes_are_named_with_a_suggestion(here: Project, arguments: list[str], message: str, hint: str) -> None:
    with pytest.raises(DataError, match=message) as raised:
        main(arguments)
    assert hint in (raised.value.hint or "")


def test_the_text_cannot_steer_the_terminal(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peft/lora", ZERO, "--limit", "200"]) == 0
    shown = capsys.readouterr().out
    assert "what is [31mthis [bold]<b>?" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_the_report_names_the_sides_and_the_correction(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert harness(["compare", "peft/lora-hs_products-0", ZERO, "--limit", "2"]) == 0
    shown = capsys.readouterr().out
    for part in (
        "A = peft/lora-hs_products-0, B = baseline/zero_shot",
        "McNemar's exact test, p ",
        "adjusted for the number of suites (Holm)",
    ):
        assert part in shown
    assert "only A counts: " in shown
    assert ", the first 2" in shown


def test_the_json_has_every_figure(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    main(["peft/lora", ZERO, "--json", "--suite", "classification"])
    (content,) = json.loads(capsys.readouterr().out)
    (suite,) = content["suites"]
    keys = {"difference", "low", "high", "p_value", "p_adjusted", "verdict", "detectable", "mcnemar", "flips"}
    assert keys <= set(suite)


def test_a_limit_must_be_a_number(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["peft/lora", ZERO, "--limit", "-1"])
    assert "a whole number" in capsys.readouterr().err


def test_runs_without_a_domain_in_common_are_refused(tmp_path: Path) -> None:
    from harness.reports.compare.selection import Selection, pairs

    def side(domain: str) -> Selection:
        nothing: dict[str, Any] = {}
        return Selection(
            name=domain,
            domain=domain,
            domains=(domain,),
            seeds=(0,),
            runs=frozenset({domain}),
            failed=(),
            suites=nothing,
            signature=(),
        )

    with pytest.raises(DataError, match="no domain in common"):
        pairs([side("a")], [side("b")])


def test_seeds_of_several_protocols_are_paired_where_they_agree(tmp_path: Path) -> None:
    project = three_seeds(copy_tree(tmp_path))
    write_all_runs(project)
    from tests.store.records_factory import write_run

    runs = {key.id: key for key in project.runs()}
    write_run(project, runs["peft/lora-hs_products-0"], protocol="a older")
    ingest(project)
    found = compared(project, "peft/lora", ZERO)
    assert found.first_seeds == [1, 2]
    assert suite_of(found, "classification").verdict == "better"
