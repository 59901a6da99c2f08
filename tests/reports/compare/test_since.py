from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from harness.config.project import RECORDS, Project, RunKey
from harness.errors import DataError
from harness.reports.compare.since import Change, changes
from harness.reports.write import write
from harness.store.ingest import ingest
from harness.verbs.report import main
from tests.reports.board_factory import board_of, write_cards_of
from tests.store.records_factory import ACCURACY, ITEMS, _luck, write_all_runs, write_run
from tests.tree import copy_tree


def git(root: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    subprocess.run(["git", *settings, *arguments], cwd=root, check=True, capture_output=True)


def publish(project: Project) -> None:
    ingest(project)
    write(board_of(project), project)


def two_more(key: RunKey) -> float:
    """The accuracy at which two further items are right."""
    luck = sorted(_luck(key, ITEMS))
    right = sum(one < ACCURACY[key.recipe_id] for one in luck)
    return float(luck[right + 1] + luck[right + 2]) / 2


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A committed board; then LoRA learns much more, few-shot two items more, and TF-IDF gets another protocol."""
    project = copy_tree(tmp_path_factory.mktemp("since"))
    write_all_runs(project)
    write_cards_of(project)
    publish(project)
    (project.root / ".gitignore").write_text("/data/\n/runs/\n/reports/parquet/\n*.duckdb\n")
    git(project.root, "init", "-q")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-qm", "a board")
    for key in project.runs():
        better = ACCURACY | {"peft/lora": 0.75, "baseline/few_shot": two_more(key)}
        if key.recipe in ("lora", "few_shot"):
            write_run(project, key, accuracy=better)
        if key.recipe == "tfidf":
            write_run(project, key, protocol="newer")
    publish(project)
    return project


@pytest.fixture(scope="module")
def found(project: Project) -> dict[str, Change]:
    return {change.row: change for change in changes(project, "HEAD")}


def test_a_rise_beyond_chance_is_higher_and_a_small_one_undecided(found: dict[str, Change]) -> None:
    lora, few_shot = found["peft/lora"], found["baseline/few_shot"]
    assert (lora.state, few_shot.state) == ("higher", "undecided")
    assert lora.then is not None
    assert lora.now is not None
    assert lora.difference == pytest.approx(lora.now - lora.then, abs=1e-5)
    assert (lora.p_adjusted or 1) < 0.05 < (few_shot.p_adjusted or 0)
    assert (lora.low or 0) > 0


def test_rows_that_stayed_are_the_same_and_another_protocol_is_not_compared(found: dict[str, Change]) -> None:
    assert found["baseline/majority"].state == "same"
    tfidf = found["baseline/tfidf"]
    assert (tfidf.state, tfidf.reason) == ("not compared", "another protocol: the questions or the rule changed")


def test_without_the_samples_of_then_a_row_is_not_compared(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.reports.compare.revision import Revision

    read = Revision.file

    def file(self: Revision, path: str) -> bytes | None:
        return None if path.startswith(RECORDS) else read(self, path)

    monkeypatch.setattr(Revision, "file", file)
    (lora,) = [change for change in changes(project, "HEAD") if change.row == "peft/lora"]
    assert (lora.state, lora.reason) == ("not compared", "the samples of its runs are not there then or now")


def test_the_verb_shows_what_changed(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    assert main(["diff", "HEAD"]) == 0
    text = capsys.readouterr().out
    assert "peft/lora" in text
    assert "baseline/majority" not in text
    assert "1 higher" in text.splitlines()[-1]
    with pytest.raises(DataError, match='git knows no commit "nowhere"'):
        main(["diff", "nowhere"])
