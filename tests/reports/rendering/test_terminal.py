from __future__ import annotations

import io
import itertools
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from harness.errors import ConfigError, DataError
from harness.reports.board.rows.sorting import SORTINGS
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.rows import MachineCell, Row
from harness.reports.rendering.column_fit import Column, Layout, broken_after_family, drawn_table, first_that_fits
from harness.reports.rendering.interval_bar import interval_bar
from harness.reports.rendering.terminal import chosen, show
from harness.reports.rendering.terminal_columns import sorted_column
from harness.reports.write import write
from harness.verbs.leaderboard import main
from tests.reports.board_factory import board_of, recorded_project
from tests.tree import ROOT

WIDTHS = [80, 100, 120, 160]
IN_ORDER = ("recipe", "score", "difference", "memory", "time", "USD", "place")
"""The headings of the columns that a person reads first; which fit depends on the rows."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = recorded_project(tmp_path_factory.mktemp("board"))
    write(board_of(project), project)
    return project.root


@pytest.fixture
def board(root: Path) -> Leaderboard:
    return Leaderboard.model_validate_json((root / "reports/leaderboard.json").read_bytes())


@pytest.fixture(scope="module")
def real() -> Leaderboard:
    """The committed board: long names, many rows, several families."""
    return Leaderboard.model_validate_json((ROOT / "reports/leaderboard.json").read_bytes())


def shown(
    board: Leaderboard, *, width: int, colour: bool = False, by: str = "accuracy", encoding: str = "utf-8"
) -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    console = Console(
        file=file, width=width, markup=False, highlight=False, force_terminal=colour, legacy_windows=False
    )
    show(board, console, by=by)
    file.flush()
    assert isinstance(file.buffer, io.BytesIO)
    return file.buffer.getvalue().decode(encoding)


def changed(board: Leaderboard, recipe: str, **update: object) -> Leaderboard:
    rows = [row.model_copy(update=update if row.recipe_id == recipe else {}) for row in board.rows]
    return board.model_copy(update={"rows": rows})


def heading(text: str) -> str:
    """The words above the first table, without its title."""
    return " ".join(" ".join(text.split("\n─")[0].splitlines()[1:]).split())


def table_of(text: str) -> list[str]:
    """The lines of the first table, without title and heading."""
    return re.split(r"─{20,}\n", text)[1].splitlines()


def line_of(text: str, recipe: str) -> str:
    """The line of a row; both lines where its name is broken after the family."""
    family, _, name = recipe.partition("/")
    lines = text.splitlines()
    for line, below in itertools.pairwise(lines):
        if line.startswith(recipe):
            return line
        if line.startswith(f"{family}/ ") and below.startswith(name):
            return f"{line} {family}/{below}"
    raise AssertionError(f"no row of {recipe}")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("by", SORTINGS)
def test_no_line_is_too_wide_and_no_word_is_broken(real: Leaderboard, by: str, width: int) -> None:
    text = shown(chosen(real, domain=None, by=by), width=width, by=by)
    assert max(len(line) for line in text.splitlines()) <= width
    words = set(re.split(r"[\s/⁰¹²³⁴⁵⁶⁷⁸⁹]+", text))
    for row in real.rows:
        assert {row.family, row.recipe} <= words
        if row.score and row.score.low is not None:
            assert f"{100 * row.score.value:.1f} [{100 * row.score.low:.1f}, " in text
        if row.delta:
            assert row.delta.verdict in words


@pytest.mark.parametrize(("width", "at_least"), [(80, 4), (100, 5), (160, 6)])
def test_a_person_reads_score_difference_and_costs_first(real: Leaderboard, width: int, at_least: int) -> None:
    real = chosen(real, domain="hs_products", by="accuracy").model_copy(
        update={"unscored": []}
    )  # a line above the title
    found = [word for word in heading(shown(real, width=width)).split() if word in IN_ORDER]
    assert found == list(IN_ORDER[: len(found)])
    assert len(found) >= at_least


def test_further_columns_come_after_the_place(real: Leaderboard) -> None:
    real = chosen(real, domain="hs_products", by="accuracy")
    everything = heading(shown(real, width=400))
    assert everything.index("place") < everything.index("retention") < everything.index("seeds")


def test_a_narrow_terminal_names_what_is_left_out(real: Leaderboard) -> None:
    real = chosen(real, domain="hs_products", by="accuracy")
    text = " ".join(shown(real, width=80).split())
    assert "Left out for width: interval of difference; time; cost USD; place; retention; hallucination;" in text
    assert "Left out" not in shown(real, width=400)


@pytest.mark.parametrize("width", [60, *WIDTHS])
@pytest.mark.parametrize("by", SORTINGS)
def test_the_column_sorted_by_is_always_shown(board: Leaderboard, by: str, width: int) -> None:
    text = shown(chosen(board, domain=None, by=by), width=width, by=by)
    assert set(sorted_column(board, by).split()) <= set(heading(text).split())
    assert text.startswith(f"hs_products, by {by}, the best first")
    assert max(map(len, table_of(text))) <= width


def test_the_place_needs_no_legend(board: Leaderboard) -> None:
    text = shown(board, width=300)
    assert any(place in line_of(text, "sft/full") for place in ("  best", "may be best"))
    assert re.search(r"\d(st|nd|rd|th)", line_of(text, "baseline/zero_shot"))
    assert "cannot be told from the best" in text
    assert "(3 %)" not in text


def test_the_bar_spans_the_interval_on_a_scale_from_0_to_100() -> None:
    assert interval_bar(0.5, 0.3, 0.72, width=10, plain=False) == "   ──●──  "
    assert interval_bar(0.5, 0.3, 0.72, width=10, plain=True) == "   --o--  "
    assert interval_bar(1.0, None, None, width=8, plain=False) == "       ●"
    assert interval_bar(None, None, None, width=8, plain=False) == ""


def test_a_terminal_without_unicode_gets_plain_characters(board: Leaderboard) -> None:
    text = shown(changed(board, "peft/lora", stale="the recipe has changed"), width=120, encoding="ascii")
    assert "-o-" in text
    assert "peft/lora stale (2)" in line_of(text, "peft/lora")
    assert "(2) stale: the recipe has changed" in text
    assert "?o" not in text


def test_verdicts_have_colours_and_failures_are_red(board: Leaderboard) -> None:
    text = shown(board, width=300, colour=True)
    assert "\x1b[32m+" in text
    assert "\x1b[31mfailed" in text
    assert "\x1b[31m |" not in text


@pytest.mark.parametrize("width", WIDTHS)
def test_failed_rows_stand_below_the_others_with_their_reason_as_a_note(board: Leaderboard, width: int) -> None:
    text = shown(board, width=width)
    failed = line_of(text, "baseline/majority")
    assert text.index(line_of(text, "baseline/zero_shot")[:40]) < text.index(failed[:40])
    (number,) = re.findall("[¹²³]", failed)
    assert "failed" in failed
    note = f"{number} failed: seed 0: CUDA out of memory | <b>40 GB</b>"
    assert note in " ".join(text.split())


@pytest.mark.parametrize("width", WIDTHS)
def test_stale_rows_are_visible_and_explained(board: Leaderboard, width: int) -> None:
    changes = {"stale": "the recipe has changed", "budget_overridden": True, "budget": {}}
    text = shown(changed(changed(board, "peft/lora", **changes), "baseline/tfidf", **changes), width=width)
    stale, own = re.findall("[¹²³⁴]", line_of(text, "peft/lora"))
    assert f"peft/lora stale{stale} {own}" in line_of(text, "peft/lora")
    assert f"baseline/tfidf stale{stale} {own}" in line_of(text, "baseline/tfidf")
    assert re.search(f"^{stale} stale: the recipe has changed *$", text, re.MULTILINE)
    assert text.count("stale: the recipe has changed") == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_rows_from_other_machines_are_marked_and_explained(board: Leaderboard, width: int) -> None:
    elsewhere = MachineCell(measured_on=["a faster CPU, 8 threads"], usual=False)
    text = shown(changed(board, "peft/lora", machine=elsewhere), width=width)
    assert "†" in line_of(text, "peft/lora")
    assert "Measured on another kind of machine (a faster CPU, 8 threads)" in " ".join(text.split())


def test_failed_seeds_are_named_beside_the_score_of_the_others(board: Leaderboard) -> None:
    text = shown(board, width=160)
    (number,) = re.findall("[¹²³⁴]", line_of(text, "sft/full"))
    assert f"{number} the figures are those of the other seeds. Failed: seed 2: CUDA out of memory" in text


def test_another_protocol_has_its_own_table(board: Leaderboard) -> None:
    text = shown(board, width=300)
    assert text.index("not comparable, scored by another protocol") < text.index("baseline/few_shot")


def test_sorting_leaves_failed_and_other_rows_below(board: Leaderboard) -> None:
    rows = chosen(board, domain=None, by="cost").rows
    assert rows[0].recipe_id == "baseline/tfidf"
    assert [row.recipe_id for row in rows[-2:]] == ["baseline/few_shot", "baseline/majority"]


def test_an_unknown_domain_gets_a_suggestion(board: Leaderboard) -> None:
    with pytest.raises(DataError) as raised:
        chosen(board, domain="hs_product", by="accuracy")
    assert raised.value.hint == 'did you mean "hs_products"?'


def test_the_json_is_the_contract(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main(["--json", "--domain", "hs_products"]) == 0
    found, written = json.loads(capsys.readouterr().out), json.loads((root / "reports/leaderboard.json").read_text())
    assert [{**row, "marks": []} for row in found["rows"]] == written["rows"]
    assert {row["marks"][0] for row in found["rows"]} == {"measured in this checkout and not committed"}
    assert found.keys() == written.keys()


def test_a_pipe_gets_every_column(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.delenv("COLUMNS", raising=False)
    main([])
    assert "Left out" not in capsys.readouterr().out


def test_a_pipe_is_as_wide_as_the_user_says(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "80")
    main([])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_an_unknown_sorting_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with pytest.raises(ConfigError, match='cannot sort by "speed"'):
        main(["--by", "speed"])


def test_without_a_board_the_next_step_is_named(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dvc.yaml", "params.yaml"):
        (tmp_path / name).write_bytes((root / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="there is no board yet"):
        main([])


@given(st.lists(st.integers(1, 30), min_size=2, max_size=8), st.integers(20, 200))
def test_the_table_is_as_wide_as_its_layout_says(wide: list[int], width: int) -> None:
    columns = {f"{i}": Column([Text("x" * one)]) for i, one in enumerate(wide)}
    layouts = [Layout(tuple(columns)[:count]) for count in range(len(wide), 0, -1)]
    layout = first_that_fits(columns, layouts, width)
    console = Console(file=io.StringIO(), width=max(width, wide[0]))
    console.print(drawn_table(columns, layout, width=width, title=""))
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert len(lines) == 3  # heading, rule, one row: nothing wraps
    assert [len(cell) for cell in lines[-1].split()] == wide[: len(layout.shown)]
    assert len(layout.shown) == len(wide) or sum(wide[: len(layout.shown) + 1]) + 2 * len(layout.shown) > width


def test_long_names_break_after_the_family_and_short_ones_stay() -> None:
    names = [Text("peft/lora"), Text("lowresource/fewshot_lora_augmented")]
    assert [name.plain for name in broken_after_family(names)] == ["peft/lora", "lowresource/\nfewshot_lora_augmented"]


def test_recipes_with_their_own_budget_have_a_note(board: Leaderboard) -> None:
    assert "its own budget" not in shown(board, width=250)
    own: Row = next(row for row in board.rows if row.recipe == "lora")
    text = shown(changed(board, "peft/lora", budget_overridden=True), width=250)
    assert f"its own budget: {own.budget['train_examples']:g} training examples" in text
    assert re.search("peft/lora[¹²³]", text)


def test_the_reference_of_the_differences_is_named(board: Leaderboard) -> None:
    assert "Differences are in points to baseline/zero_shot, paired by item." in shown(board, width=250)


def test_the_table_of_suites_shows_the_column_sorted_by(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    main(["--suites", "--by", "memory"])
    tables = re.split(r"─{20,}\n", capsys.readouterr().out)
    assert len(tables) > 2
    assert all("memory" in above for above in tables[:-1])
    assert "1.50 GB" in tables[1]
