from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from harness.config.project import Project, RunKey
from harness.records.run_record import Metric, ScoreRecord, read_record, write_record
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.leaderboard_file import board_json
from harness.reports.contract.rows import Row
from harness.reports.rendering.markdown import render
from harness.reports.rendering.readme import block
from harness.reports.rendering.terminal_suites import show_suites
from harness.reports.tables.cell_texts import refusal_text, retention_text
from harness.reports.tables.suite_table import SuiteTable, suite_tables
from harness.reports.write import write
from harness.store.ingest import ingest
from harness.verbs.leaderboard import main
from tests.reports.board_factory import board_of, write_cards_of
from tests.reports.suite_records import add_suite, without_questions
from tests.store.records_factory import three_seeds, write_all_runs

CANNOT = "a model that gives labels only cannot be asked"
NO_TRANSLATE = "the domain has no translate"
LABELS_ONLY = ("majority", "tfidf")


def f1(key: RunKey) -> list[float]:
    """Of forty items: 0.25 on average, with LoRA 0.65."""
    better = 0.4 if key.recipe == "lora" else 0.0
    return [better + 0.5 * ((i * 7 + key.seed) % 10 < 5) for i in range(40)]


@pytest.fixture
def recorded(project: Project) -> Project:
    """Every run has answered `answers` too, but those that know labels only; nothing can be translated."""
    full = three_seeds(project)
    write_all_runs(full)
    for key in full.runs():
        cannot = key.recipe in LABELS_ONLY
        add_suite(full, key, values=() if cannot else f1(key), reason=CANNOT if cannot else None)
        add_suite(full, key, name="translation", metric="chrf", reason=NO_TRANSLATE, protocol="")
    return full


def board(project: Project) -> Leaderboard:
    ingest(project)
    write_cards_of(project)
    return board_of(project)


def row_of(board: Leaderboard, recipe: str) -> Row:
    (found,) = [row for row in board.rows if row.recipe == recipe]
    return found


def keys(project: Project, recipe: str) -> list[RunKey]:
    return [key for key in project.runs() if key.recipe == recipe]


def test_the_first_suite_of_a_column_shows_and_all_are_kept(recorded: Project) -> None:
    lora = row_of(board(recorded), "lora")
    assert lora.score is not None
    assert lora.score.metric == "accuracy"
    assert list(lora.suites) == ["classification", "claims", "answers", "translation"]
    assert lora.suites["classification"].value == lora.score.value
    assert lora.suites["claims"] == lora.hallucination


def test_a_suite_beside_the_score_has_its_interval_over_clusters_and_seeds(recorded: Project) -> None:
    cell = row_of(board(recorded), "lora").suites["answers"]
    assert (cell.metric, cell.n, cell.reason) == ("token_f1", 40, None)
    assert cell.value == pytest.approx(0.65)
    assert cell.low is not None
    assert cell.high is not None
    assert cell.low < 0.65 < cell.high


def test_in_a_domain_without_labels_the_first_suite_with_questions_ranks(recorded: Project) -> None:
    for key in recorded.runs():
        without_questions(recorded, key, "classification")
    found = board(recorded)
    lora, reference, tfidf = (row_of(found, name) for name in ("lora", "zero_shot", "tfidf"))
    assert lora.score is not None
    assert (lora.score.metric, lora.n) == ("token_f1", 40)
    assert lora.score.value == pytest.approx(0.65)
    assert lora.delta is not None
    assert lora.delta.value == pytest.approx(0.4)
    assert lora.delta.verdict == "better"
    assert reference.delta is None
    assert (tfidf.score, tfidf.reason, tfidf.status) == (None, CANNOT, "ok")
    assert [row.comparable for row in found.rows] == [True] * 6
    assert "score: token_f1, %" in render(found)
    assert "classification" not in found.protocol.suites  # it has no protocol here
    assert "| recipe | token_f1, % |" in block(found)


def test_a_column_that_no_suite_of_the_domain_can_fill_keeps_the_reason(recorded: Project) -> None:
    for key in recorded.runs():
        without_questions(recorded, key, "claims")
    cell = row_of(board(recorded), "lora").hallucination
    assert cell is not None
    assert (cell.value, cell.reason) == (None, "the domain has no claims")


def test_a_suite_scored_by_another_protocol_loses_its_cell_and_not_the_row(recorded: Project) -> None:
    (key,) = keys(recorded, "few_shot")
    path = recorded.record_folder(key) / "score/scores.json"
    before, answers = path.read_text().split('"suite": "answers"')
    path.write_text(f'{before}"suite": "answers"{answers.replace("p1", "older", 1)}')
    row = row_of(board(recorded), "few_shot")
    assert row.comparable
    assert row.score is not None
    assert (row.suites["answers"].value, row.suites["answers"].reason) == (None, "scored by another protocol")


def test_seeds_of_different_protocols_are_not_pooled_in_any_suite(recorded: Project) -> None:
    path = recorded.record_folder(keys(recorded, "lora")[1]) / "score/scores.json"
    before, answers = path.read_text().split('"suite": "answers"')
    path.write_text(f'{before}"suite": "answers"{answers.replace("p1", "older", 1)}')
    cell = row_of(board(recorded), "lora").suites["answers"]
    assert (cell.value, cell.low, cell.reason) == (None, None, "scored by another protocol")


def test_a_suite_that_only_some_seeds_were_asked_is_of_those(recorded: Project) -> None:
    for key in keys(recorded, "lora")[1:]:
        add_suite(recorded, key, name="answer_choice", metric="accuracy_norm", values=[1.0, 0.0, 1.0, 1.0])
    cell = row_of(board(recorded), "lora").suites["answer_choice"]
    assert (cell.value, cell.n) == (0.75, 4)


@pytest.mark.parametrize("metric", ["chrf_corpus", "unfinished", "refusal"])
def test_a_metric_of_all_items_at_once_has_no_interval_even_where_it_meets_the_mean(
    recorded: Project, metric: str
) -> None:
    for key in recorded.runs():
        add_suite(recorded, key, name="answer_choice", metric=metric, values=[0.5, 0.25, 0.75])
    cell = row_of(board(recorded), "lora").suites["answer_choice"]
    assert (cell.value, cell.low, cell.high) == (0.5, None, None)


def table_of(board: Leaderboard, title: str) -> SuiteTable:
    (found,) = [table for table in suite_tables(board.rows, board.protocol) if table.title == title]
    return found


def test_the_table_says_why_cells_are_empty_and_which_suites_were_not_asked(recorded: Project) -> None:
    table = table_of(board(recorded), "The domain itself")
    assert [heading.suite for heading in table.headings if len(heading.lines) > 1] == ["classification", "answers"]
    place = next(i for i, heading in enumerate(table.headings) if heading.suite == "answers")
    assert table.headings[place].lines[:3] == ("answers", "token_f1, %", "n 40")
    assert re.fullmatch(r"detects \d+\.\d", table.headings[place].lines[3])
    cells = {row.recipe: cells for row, cells in table.rows}
    assert cells["tfidf"][place] == "— (1)"
    assert cells["lora"][place].startswith("65.0 [")
    assert table.notes == [CANNOT]
    assert table.unasked == [f"translation ({NO_TRANSLATE})"]


def test_further_metrics_stand_beside_their_suite_as_means_over_seeds(recorded: Project) -> None:
    table = table_of(board(recorded), "Hallucination")
    assert [heading.lines[0] for heading in table.headings] == ["claims", "balanced_accuracy, %", "ece, %"]
    cells = {row.recipe: cells for row, cells in table.rows}
    assert cells["lora"][0].startswith(f"{cells['lora'][1]} [")
    assert cells["lora"][2] == "—"  # these records have no calibration


def test_what_was_forgotten_stands_beside_what_was_gained(recorded: Project) -> None:
    found = board(recorded)
    assert "Gain and retention" not in [table.title for table in suite_tables(found.rows, found.protocol)]
    params = recorded.root / "params.yaml"
    params.write_text(params.read_text().replace("suites: [", "suites: [other_domains, "))
    recorded = Project(recorded.root)
    for key in recorded.runs():
        if key.recipe not in LABELS_ONLY:
            right = 10 if key.recipe == "lora" else 30
            values = [float(i < right) for i in range(40)]
            add_suite(recorded, key, name="other_domains", metric="accuracy", values=values, column="retention")
    table = table_of(board(recorded), "Gain and retention")
    assert [heading.lines[0] for heading in table.headings] == ["gain", "other_domains"]
    cells = {row.recipe: cells for row, cells in table.rows}
    assert cells["lora"][0].endswith("better")
    assert cells["lora"][1].startswith("-50.0 [")
    assert cells["lora"][1].endswith("worse")
    assert cells["zero_shot"] == ["—", "—"]
    lora = row_of(board(recorded), "lora")
    assert lora.retention is not None
    assert lora.retention.delta is not None
    assert lora.retention.delta.value == pytest.approx(-0.5)


def test_refusals_show_both_shares_and_how_good_their_detector_is(recorded: Project) -> None:
    params = recorded.root / "params.yaml"
    params.write_text(params.read_text().replace("suites: [", "suites: [refusals, "))
    asked = Project(recorded.root)
    for key in asked.runs():
        if key.recipe not in LABELS_ONLY:
            add_suite(asked, key, name="refusals", metric="balanced_accuracy", values=[1.0, 0.0], column="safety")
            path = asked.record_folder(key) / "score/scores.json"
            record = read_record(ScoreRecord, path)
            more = {"refusal": Metric(value=0.6, n=1), "over_refusal": Metric(value=0.1, n=1)}
            last = record.suites[-1]
            last = last.model_copy(update={"metrics": {**last.metrics, **more}})
            write_record(record.model_copy(update={"suites": [*record.suites[:-1], last]}), path)
    found = board(asked)
    assert refusal_text(row_of(found, "lora").safety) == "60.0 / 10.0"
    assert refusal_text(row_of(found, "tfidf").safety) == "—"
    detector = found.protocol.refusal_detector
    assert detector is not None
    assert detector.recall is not None
    assert f"the rule finds {100 * detector.recall:.1f} [" in render(found)


def test_a_value_of_fewer_items_keeps_its_note(recorded: Project) -> None:
    left_out = "2 of 42 questions (answer) lack several answers to choose from and were left out"
    for key in recorded.runs():
        add_suite(recorded, key, name="answer_choice", metric="accuracy_norm", values=f1(key), reason=left_out)
    table = table_of(board(recorded), "The domain itself")
    place = next(i for i, heading in enumerate(table.headings) if heading.suite == "answer_choice")
    cell = {row.recipe: cells for row, cells in table.rows}["lora"][place]
    number = 1 + table.notes.index(left_out)
    assert re.fullmatch(rf"65\.0 \[.*\] \({number}\)", cell)


def test_without_scored_rows_there_is_no_table(recorded: Project) -> None:
    assert suite_tables([], board(recorded).protocol) == []


def test_markdown_and_json_hold_every_suite(recorded: Project) -> None:
    found = board(recorded)
    text = render(found)
    assert "### The domain itself" in text
    assert "### Hallucination" in text
    assert re.search(r"^\| peft/lora \| .* \| 65\.0 \[.*\|$", text, flags=re.MULTILINE)
    assert f"1. {CANNOT}" in text
    assert f"No questions on this domain: translation ({NO_TRANSLATE})." in text
    assert "- `token_f1`: Overlap of words with the right answer" in text
    assert text.count("not as shares of correct answers") == 1
    assert Leaderboard.model_validate_json(board_json(found)) == found


def test_the_board_carries_what_is_needed_to_write_its_metrics(recorded: Project) -> None:
    protocol = board(recorded).protocol
    assert {"accuracy", "token_f1", "chrf", "auc", "brier"} <= set(protocol.metrics)
    auc, brier = protocol.metric("auc"), protocol.metric("brier")
    assert (auc.unit, auc.better, auc.signed) == ("share", "higher", False)
    assert (brier.unit, brier.better) == ("score", "lower")
    assert brier.explanation.startswith("Brier score")


def test_a_metric_that_no_kind_declares_is_written_as_a_share(recorded: Project) -> None:
    for key in recorded.runs():
        add_suite(recorded, key, name="hellaswag", metric="acc_norm", values=[1.0, 0.0])
    found = board(recorded)
    assert "acc_norm" not in found.protocol.metrics
    (heading,) = [one for one in table_of(found, "The domain itself").headings if one.suite == "hellaswag"]
    assert heading.lines[1] == "acc_norm, %"


def test_a_board_of_before_there_were_suites_can_still_be_read(recorded: Project) -> None:
    content = board(recorded).model_dump(
        mode="json", by_alias=True, exclude={"cards": True, "rows": {"__all__": {"suites"}}}
    )
    old = Leaderboard.model_validate(content)
    assert (old.cards, old.rows[0].suites) == ({}, {})
    assert "The domain itself" not in render(old)


@pytest.mark.parametrize("width", [60, 80, 120, 250])
def test_the_terminal_shows_as_many_suites_as_fit(recorded: Project, width: int) -> None:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    show_suites(board(recorded), console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    assert "hs_products: The domain itself" in text
    assert "classification" in text
    if width >= 120:
        assert "65.0 [" in text
        assert f"(1) {CANNOT}" in text
    else:
        left_out = text[text.index("Left out for width") :]
        assert "answers rouge_l" in left_out
        assert ("answers," in left_out) != ("token_f1, %" in text)


def test_the_option_shows_the_suites_instead_of_the_board(
    recorded: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(board(recorded), recorded)
    monkeypatch.chdir(recorded.root)
    monkeypatch.delenv("COLUMNS", raising=False)
    assert main(["--suites", "--domain", "hs_products"]) == 0
    text = capsys.readouterr().out
    assert "hs_products: The domain itself" in text
    assert "to reference" not in text


def test_the_wide_protocol_has_tables_of_its_own_with_the_rows_that_it_asked(recorded: Project) -> None:
    for key in keys(recorded, "lora"):
        add_suite(recorded, key, name="style", metric="strict", values=f1(key), column="style", asked_by="wide")
        add_suite(
            recorded, key, name="more", metric="accuracy", values=f1(key), column="hallucination", asked_by="wide"
        )
    found = board(recorded)
    tables = {table.title: table for table in suite_tables(found.rows, found.protocol)}
    wide = tables["Wide protocol: Style"]
    assert [row.recipe for row, _ in wide.rows] == ["lora"]
    assert wide.headings[0].lines[:2] == ("style", "strict, %")
    assert "Style" not in tables
    assert row_of(found, "lora").hallucination == row_of(found, "lora").suites["claims"]
    assert "### Wide protocol: Hallucination" in render(found)
    assert "**Wide protocol.**" in render(found)


def test_a_rise_of_cross_entropy_is_written_in_nats_and_a_rise_is_worse(recorded: Project) -> None:
    for key in recorded.runs():
        if key.recipe in LABELS_ONLY:
            continue
        rise = 0.0 if key.family == "baseline" else 0.4
        values = [rise + (0.02 * (place % 5) if rise else 0.0) for place in range(40)]
        add_suite(recorded, key, name="general_text", metric="cross_entropy_change", values=values, column="retention")
    found = board(recorded)
    lora, base = (row_of(found, name).retention for name in ("lora", "zero_shot"))
    assert lora is not None
    assert (lora.unit, lora.signed) == ("nats", True)
    assert lora.value == pytest.approx(0.44)
    assert lora.low is not None
    assert 0.4 < lora.low < 0.44
    assert lora.delta is not None
    assert lora.delta.verdict == "worse"
    assert retention_text(lora).startswith("+0.440 [+0.43")
    assert base is not None
    assert (base.value, base.low, base.high) == (0.0, 0.0, 0.0)
    assert "retention: cross_entropy_change, nats" in render(found)
