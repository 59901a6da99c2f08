"""Five recipes on one domain: the base, two of one task, two of both; one of these stands on another base."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import pytest
from rich.console import Console

from harness.config.project import Project
from harness.config.suite import Suite
from harness.evidence.resampling import Resampling
from harness.reports.board.settings import Settings
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import DeltaCell, Row, SuiteCell
from harness.reports.contract.sections.transfer import Transfer
from harness.reports.rendering.markdown import render
from harness.reports.rendering.terminal import chosen
from harness.reports.rendering.terminal_suites import show_suites
from harness.reports.sections.transfer.read import transfers
from harness.reports.sections.transfer.table import TITLE, transfer_tables
from tests.reports.board_factory import board_of, recorded_project
from tests.tree import ROOT

BASE = "tiny-random-llama"
CANNOT = "a model that gives labels only cannot be asked"


def suite(view: str, *, column: str = "score", **more: object) -> Suite:
    content = {"title": "t", "summary": "s", "kind": "k", "version": 1, "views": [view], "metric": "accuracy"}
    return Suite.model_validate({**content, "column": column, **more})


SUITES: dict[str, Suite] = {
    "claims": suite("claims", column="hallucination"),
    "classification": suite("classify"),
    "labels_again": suite("classify"),
    "robustness": suite("classify", against="classification"),
    "toxic": suite("toxic", column="safety"),
}


MEMBERS = ("multitask/uniform", "multitask/heads", "multitask/only_claims", "peft/lora")


def settings(suites: Mapping[str, Suite] = SUITES, *, members: Iterable[str] = MEMBERS) -> Settings:
    return Settings(
        Resampling(), 0.03, suites=suites, reference="baseline/zero_shot", sections={"transfer": frozenset(members)}
    )


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Leaderboard:
    return board_of(recorded_project(tmp_path_factory.mktemp("transfer")))


def cell(name: str, value: float | None, delta: float | None) -> SuiteCell:
    change = None
    if delta is not None:
        verdict = "better" if delta > 0 else "worse"
        facts = {"value": delta, "low": delta - 0.02, "high": delta + 0.02, "verdict": verdict, "n": 40}
        change = DeltaCell.model_validate({"reference": "baseline/zero_shot", "detectable": 0.1, **facts})
    return SuiteCell(
        suite=name,
        metric="accuracy",
        value=value,
        low=None,
        high=None,
        n=40,
        auc=None,
        protocol_hash="p",
        reason=CANNOT if value is None else None,
        column=SUITES[name].column,
        delta=change,
    )


@pytest.fixture(scope="module")
def rows(board: Leaderboard) -> list[Row]:
    (any_row,) = [row for row in board.rows if row.recipe == "lora"]

    def row(name: str, labels: float, judged: float | None, *, base: str = BASE, **learnt: int) -> Row:
        family, _, recipe = name.partition("/")
        is_base = name == "baseline/zero_shot"
        of_claims = None if judged is None or is_base else judged - 0.5
        cells = {
            "classification": cell("classification", labels, None if is_base else labels - 0.4),
            "claims": cell("claims", judged, of_claims),
        }
        changes = {"family": family, "recipe": recipe, "base_model": base, "suites": cells, "examples_by_task": learnt}
        return any_row.model_copy(update=changes)

    return [
        row("multitask/uniform", 0.6, 0.7, classify=256, claims=256),
        row("multitask/heads", 0.8, None, base="tiny-random-bert", classify=256, claims=256),
        row("multitask/only_claims", 0.3, 0.8, claims=512),
        row("peft/lora", 0.7, 0.55),
        row("sft/full", 0.75, 0.6),
        row("baseline/zero_shot", 0.4, 0.5),
    ]


@pytest.fixture(scope="module")
def found(rows: list[Row]) -> Transfer:
    return transfers(rows, settings())["hs_products"]


def test_a_task_is_asked_by_the_first_suite_that_asks_it_alone() -> None:
    assert settings().task_suites == {"classify": "classification", "claims": "claims"}


def test_every_task_of_the_recipes_of_this_repository_has_a_suite() -> None:
    project = Project(ROOT)
    known = Settings.of(project).task_suites
    learnt = {task for id_ in project.recipe_ids for task in project.recipe(id_).run.options.get("tasks", ())}
    assert {"classify", "claims", "unanswerable"} <= learnt <= set(known)


def test_the_rows_are_the_base_then_recipes_of_one_task_then_those_of_several(found: Transfer) -> None:
    assert [(row.recipe, list(row.learnt)) for row in found.rows] == [
        ("baseline/zero_shot", []),
        ("peft/lora", ["classify"]),
        ("multitask/only_claims", ["claims"]),
        ("multitask/heads", ["classify", "claims"]),
        ("multitask/uniform", ["classify", "claims"]),
    ]


def test_a_cell_says_how_a_task_that_was_not_learnt_changed(found: Transfer) -> None:
    only_claims = next(row for row in found.rows if row.recipe == "multitask/only_claims")
    labels = only_claims.cells["classify"]
    assert (labels.value, labels.verdict) == (0.3, "worse")
    assert labels.delta == pytest.approx(-0.1)


def test_the_average_counts_tasks_the_same(found: Transfer) -> None:
    averages = {row.recipe: [row.average, row.average_delta] for row in found.rows}
    assert averages["multitask/uniform"] == pytest.approx([0.65, 0.2])
    assert averages["baseline/zero_shot"] == [0.45, None]


def test_without_one_of_the_tasks_there_is_no_average(found: Transfer) -> None:
    (heads,) = [row for row in found.rows if row.recipe == "multitask/heads"]
    assert heads.cells["claims"].reason == CANNOT
    assert heads.average is None


def test_a_recipe_on_another_base_is_not_compared_with_the_language_model(found: Transfer) -> None:
    (heads,) = [row for row in found.rows if row.recipe == "multitask/heads"]
    assert (heads.cells["classify"].value, heads.cells["classify"].delta) == (0.8, None)


def test_a_task_without_a_suite_or_questions_has_no_column(rows: list[Row]) -> None:
    only_claims = {"claims": SUITES["claims"]}
    assert [column.task for column in transfers(rows, settings(only_claims))["hs_products"].tasks] == ["claims"]
    bare = [
        row.model_copy(
            update={"suites": {**row.suites, "claims": row.suites["claims"].model_copy(update={"protocol_hash": ""})}}
        )
        for row in rows
    ]
    assert [column.task for column in transfers(bare, settings())["hs_products"].tasks] == ["classify"]


def test_rows_that_failed_or_have_another_protocol_are_left_out(rows: list[Row]) -> None:
    changed = [
        rows[0].model_copy(update={"comparable": False}),
        rows[1].model_copy(update={"suites": {}}),
        *rows[2:],
    ]
    recipes = [row.recipe for row in transfers(changed, settings())["hs_products"].rows]
    assert recipes == ["baseline/zero_shot", "peft/lora", "multitask/only_claims"]


def test_the_recipes_of_the_section_are_found_by_what_their_files_say() -> None:
    project = Project(ROOT)
    found = Settings.of(project)
    assert found.reference == "baseline/zero_shot"
    assert found.sections["transfer"] == {"peft/lora", *(f"multitask/{r}" for r in project.params.recipes["multitask"])}


def test_recipes_outside_of_the_section_are_left_out(rows: list[Row]) -> None:
    without = [member for member in MEMBERS if member != "peft/lora"]
    recipes = [row.recipe for row in transfers(rows, settings(members=without))["hs_products"].rows]
    assert "peft/lora" not in recipes
    assert "sft/full" not in recipes


def test_recipes_that_learnt_one_and_the_same_task_are_no_transfer(rows: list[Row]) -> None:
    assert transfers(rows, settings(members=["peft/lora", "sft/full"])) == {}


def test_without_a_multi_task_recipe_there_is_no_table(board: Leaderboard) -> None:
    assert transfers(board.rows, settings()) == board.transfer == {}
    assert TITLE not in render(board)


def test_the_table_shows_score_and_difference(board: Leaderboard, rows: list[Row], found: Transfer) -> None:
    (table,) = transfer_tables(board.model_copy(update={"transfer": {"hs_products": found}}), rows)
    cells = {row.recipe_id: texts for row, texts in table.rows}
    assert [heading.lines[0] for heading in table.headings] == ["learnt", "classify", "claims", "average over tasks"]
    assert cells["multitask/uniform"] == [
        "classify 256, claims 256",
        "60.0 (+20.0 [+18.0, +22.0] better)",
        "70.0 (+20.0 [+18.0, +22.0] better)",
        "65.0 (+20.0)",
    ]
    assert cells["multitask/heads"] == ["classify 256, claims 256", "80.0", "— (1)", "—"]
    assert cells["baseline/zero_shot"] == ["—", "40.0", "50.0", "45.0"]
    assert cells["peft/lora"][0] == "classify"
    assert table.notes == [CANNOT]


def test_board_and_terminal_show_it(board: Leaderboard, rows: list[Row], found: Transfer) -> None:
    full = board.model_copy(update={"rows": rows, "transfer": {"hs_products": found}})
    text = render(full)
    section = text.partition(f"### {TITLE}\n")[2].partition("\n## ")[0]
    assert "| multitask/only_claims | claims 512 | 30.0 (-10.0 [-12.0, -8.0] worse) |" in section
    assert f"**{TITLE}** scores" in text
    file = io.StringIO()
    show_suites(chosen(full, domain="hs_products", by="accuracy"), Console(file=file, width=300, markup=False))
    assert f"hs_products: {TITLE}" in file.getvalue()
