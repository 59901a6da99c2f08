from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import DataError
from harness.reports.page.page import NAME
from harness.reports.write import write
from harness.verbs import board as board_verb
from harness.verbs.show import main
from tests.reports.board_factory import board_of, recorded_project

RUN = "peft/lora-hs_products-0"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project: Project = recorded_project(tmp_path_factory.mktemp("show"))
    write(board_of(project), project)
    curve = project.root / "reports/records" / RUN / "train/curve.csv"
    curve.write_text("step,loss,reward\n" + "".join(f"{i},{8 - i},{'' if i % 2 else i}\n" for i in range(8)))
    return project.root


def test_a_run_is_shown_from_all_sides(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main([RUN]) == 0
    text = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == f"{RUN}: LoRA"
    for line in (
        "method lora",
        "budget train_examples 64, epochs 1, max_length 256",
        "loss █▇▆▅▄▃▂▁ 8 to 1, 8 points",
        "reward ▁▃▆█ 0 to 6, 4 points",
        "commit 0123456789abcdef",
        f"compare with this record harness verify {RUN}",
    ):
        assert line in lines
    assert any(line.startswith("classification on hs_products accuracy ") for line in lines)
    assert any("pooled" in line for line in lines)  # its row holds three seeds


def test_a_failed_run_says_why(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(root)
    assert main(["baseline/majority-hs_products-0"]) == 0
    text = capsys.readouterr().out
    assert "failed: CUDA out of memory" in text
    assert "\x1b" not in text


def test_json_holds_the_records(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert main([RUN, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["run"]["run_id"] == RUN
    assert found["curve"]["loss"] == [8 - i for i in range(8)]
    assert found["scores"][0]["suites"]


def test_an_unknown_run_gets_a_suggestion(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with pytest.raises(DataError) as raised:
        main(["peft/lora-hs_product-0"])
    assert raised.value.hint == f'did you mean "{RUN}"?'


def test_without_records_the_published_page_is_shown(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []

    def browse(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr("harness.verbs.board.webbrowser.open", browse)
    for name in ("params.yaml", "dvc.yaml"):
        (tmp_path / name).write_bytes((root / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="there is no board yet"):
        board_verb.main([])
    page = tmp_path / "reports" / NAME
    page.parent.mkdir()
    page.write_text("<!doctype html>")
    assert board_verb.main(["--open"]) == 0
    assert capsys.readouterr().out.strip() == str(page)
    assert opened == [page.resolve().as_uri()]
