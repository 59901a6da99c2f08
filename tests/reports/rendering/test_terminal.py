from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from harness.errors import ConfigError, DataError
from harness.reports.board.sorting import COLUMNS
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.rendering.column_fit import WRAPS, fit
from harness.reports.rendering.terminal import MONEY, SORTED, chosen, show
from harness.reports.write import write
from harness.verbs.leaderboard import main
from tests.reports.board_factory import board_of, recorded_project


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = recorded_project(tmp_path_factory.mktemp("board"))
    write(board_of(project), project)
    return project.root


@pytest.fixture
def board(root: Path) -> Leaderboard:
    return Leaderboard.model_validate_json((root / "reports/leaderboard.json").read_bytes())


def shown(board: Leaderboard, *, width: int, colour: bool = False, sorting: str = "score") -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False, force_terminal=colour)
    show(board, console, sorting=sorting)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 140, 250])
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cut(board: Leaderboard, width: int) -> None:
    text = shown(board, width=width)
    assert max(len(line) for line in text.splitlines()) <= width
    for row in board.rows:
        if row.delta:
            assert f"{100 * row.delta.value:+.1f} [" in text
        if row.hallucination and row.hallucination.value is not None:
            assert re.search(rf"\b{100 * row.hallucination.value:.1f}\b", text)


def headers(text: str) -> list[str]:
    return [name.strip() for name in next(line for line in text.splitlines() if "┃" in line).strip("┃").split("┃")]


def test_the_judgements_stay_longest_on_a_narrow_terminal(board: Leaderboard) -> None:
    assert headers(shown(board, width=80)) == ["recipe", "score", "to reference", "hallucination"]
    assert headers(shown(board, width=60)) == ["recipe", "score", "to reference"]
    everything = headers(shown(board, width=300))
    almost = headers(shown(board, width=185))
    assert set(everything) - set(almost) <= {"saved", "parameters", "trials", "seeds", "score time", "first token"}


def test_on_a_narrow_terminal_the_interval_stands_below_its_value(board: Leaderboard) -> None:
    (lora,) = [row for row in board.rows if row.recipe == "lora"]
    assert lora.score is not None
    assert lora.score.low is not None
    lines = shown(board, width=80).splitlines()
    at = next(i for i, line in enumerate(lines) if "peft/lora " in line)
    assert f"│ {100 * lora.score.value:.1f} " in lines[at]
    assert f"│ [{100 * lora.score.low:.1f}, " in lines[at + 1]


def test_a_narrow_terminal_names_the_columns_left_out(board: Leaderboard) -> None:
    assert "left out for width: rank, refusal/over, retention, USD" in " ".join(shown(board, width=80).split())
    assert "left out" not in shown(board, width=300)


def test_verdicts_have_colours_and_failures_are_red(board: Leaderboard) -> None:
    text = shown(board, width=300, colour=True)
    assert "\x1b[32m+" in text
    assert "\x1b[2;31mfailed" in text
    assert "\x1b[31m |" not in text


def test_failed_rows_keep_their_reason_below_the_others(board: Leaderboard) -> None:
    text = shown(board, width=300)
    assert "failed: seed 0: CUDA out of memory | <b>40 GB</b>" in text
    assert text.index("baseline/zero_shot ") < text.index("baseline/majority")


def test_another_protocol_has_its_own_table(board: Leaderboard) -> None:
    text = shown(board, width=300)
    assert text.index("not comparable, scored by another protocol") < text.index("baseline/few_shot")


def test_sorting_leaves_failed_and_other_rows_below(board: Leaderboard) -> None:
    rows = chosen(board, domain=None, sort="usd").rows
    assert rows[0].recipe_id == "baseline/tfidf"
    assert [row.recipe_id for row in rows[-2:]] == ["baseline/few_shot", "baseline/majority"]


def test_an_unknown_domain_gets_a_suggestion(board: Leaderboard) -> None:
    with pytest.raises(DataError) as raised:
        chosen(board, domain="hs_product", sort="score")
    assert raised.value.hint == 'did you mean "hs_products"?'


def test_the_json_is_the_contract(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main(["--json", "--domain", "hs_products"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((root / "reports/leaderboard.json").read_text())


def test_a_pipe_gets_every_column(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.delenv("COLUMNS", raising=False)
    main([])
    assert headers(capsys.readouterr().out)[-2:] == ["seeds", "n"]


def test_a_pipe_is_as_wide_as_the_user_says(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "80")
    main([])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_an_unknown_column_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with pytest.raises(ConfigError, match="cannot sort by"):
        main(["--sort", "speed"])


def test_without_a_board_the_next_step_is_named(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dvc.yaml", "params.yaml"):
        (tmp_path / name).write_bytes((root / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="there is no board yet"):
        main([])


@given(
    st.lists(
        st.tuples(st.sampled_from(["recipe", "score", "n", "saved"]), st.integers(1, 60)), min_size=4, max_size=12
    ),
    st.integers(20, 300),
)
def test_columns_that_fit_fill_no_more_than_the_width(columns: list[tuple[str, int]], width: int) -> None:
    names, widest = [name for name, _ in columns], [wide for _, wide in columns]
    widths = fit(names, widest, width)
    least = [min(wide, WRAPS.get(name, wide)) for name, wide in columns]
    if widths is None:
        assert sum(least) + 3 * len(least) + 1 > width
    else:
        assert sum(widths) + 3 * len(widths) + 1 <= width
        assert all(low <= found <= high for low, found, high in zip(least, widths, widest, strict=True))


def test_recipes_with_their_own_budget_are_marked_and_explained(board: Leaderboard) -> None:
    assert "* own budget" not in shown(board, width=250)
    rows = [row.model_copy(update={"budget_overridden": row.recipe == "lora"}) for row in board.rows]
    text = shown(board.model_copy(update={"rows": rows}), width=250)
    assert "peft/lora*" in text
    assert "* own budget" in text


def test_the_reference_of_the_differences_is_named(board: Leaderboard) -> None:
    assert "differences to baseline/zero_shot, paired by item" in shown(board, width=250)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("sorting", SORTED)
def test_the_column_sorted_by_is_always_shown(board: Leaderboard, sorting: str, width: int) -> None:
    text = shown(chosen(board, domain=None, sort=sorting), width=width, sorting=sorting)
    assert SORTED[sorting].replace(MONEY, "USD") in headers(text)
    assert max(len(line) for line in text.splitlines() if line.startswith(("┃", "│"))) <= width


def test_every_sorting_has_a_column() -> None:
    assert set(SORTED) == set(COLUMNS)


def test_the_table_of_suites_shows_the_column_sorted_by(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    main(["--suites", "--sort", "memory"])
    shown = capsys.readouterr().out
    assert all("memory" in table.partition("┡")[0] for table in shown.split("┏")[1:])
    assert "1.50 GB" in shown
