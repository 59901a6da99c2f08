"""`harness domain add --folds K`, and the folds from `collect` to the board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.__main__ import main
from harness.check.problems import problems
from harness.config.folds import folds_of
from harness.config.project import Project, RunKey
from harness.config.seen import as_seen_by
from harness.domains.collect import collect
from harness.errors import ConfigError
from harness.items.prepared import PreparedDomain
from harness.pipeline.generated_section import write_section
from harness.preparation.prepare import prepare
from harness.records.run_record import RunRecord, read_record
from harness.reports.board.board import read_board
from harness.reports.board.settings import Settings
from harness.reports.compare.browse import browse
from harness.reports.compare.comparison import Wanted, comparisons
from harness.reports.tables.fold_sentences import fold_sentences
from harness.running.tasks.targets import select
from harness.scoring.score import score
from harness.sources.fetch import fetch
from harness.store.ingest import ingest
from harness.store.parquet_views import open_store
from harness.training.train import train
from tests.tree import ROOT, copy_tree

Run = Callable[..., tuple[int, str, str]]
FOLDS, ITEMS = 4, 42
LABELS = ("billing",) * 3 + ("delivery",) * 2 + ("repair",)
RECIPES = ("majority", "tfidf")


def words(n: int) -> str:
    return " ".join(f"{word}{n * step}" for step, word in enumerate(("invoice", "router", "parcel", "cable"), start=1))


def write_tickets(path: Path) -> None:
    """42 texts that have nothing in common but the last two, which nearly repeat each other."""
    rows = [f"{words(n)} {LABELS[n % 6]},{LABELS[n % 6]}" for n in range(ITEMS - 2)]
    rows += [f"the same long complaint about the same broken kettle in the same kitchen {n},repair" for n in range(2)]
    path.write_text("\n".join(["text,label", *rows]) + "\n", encoding="utf-8")


def tree(folder: Path) -> Path:
    copy_tree(folder)
    (folder / "harness").symlink_to(ROOT / "harness")
    write_section(Project(folder))
    write_tickets(folder / "tickets.csv")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with the smoke profile, the code behind it, and the tickets."""
    return tree(tmp_path)


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`harness domain ...` in the tree: exit code, output, errors."""
    monkeypatch.chdir(root)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["domain", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """All folds collected, prepared, learnt by two baselines, scored and in the store."""
    root = tree(tmp_path_factory.mktemp("folds"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["domain", "add", "tickets", "tickets.csv", "--folds", str(FOLDS)]) == 0
    project = Project(root)
    fetch(project, "tickets")
    for fold in folds_of(project, "tickets"):
        collect(project, fold)
    for fold in folds_of(project, "tickets"):
        prepare(project, fold)
        for recipe in RECIPES:
            key = RunKey("baseline", recipe, (fold,), 0)
            train(as_seen_by(project, key), key)
            score(project, key)
    assert ingest(project).runs == len(RECIPES)
    return project


def test_few_test_items_come_with_the_way_on(run: Run) -> None:
    _, out, _ = run("add", "tickets", "tickets.csv", "--dry-run")
    assert "two recipes must differ by about" in out
    assert "with `--folds 5` (cross-validation) all 42 items are tested" in out


def test_folds_are_files_that_settings_list_in_place_of_the_domain(root: Path, run: Run) -> None:
    code, out, err = run("add", "tickets", "tickets.csv", "--folds", "4")
    assert (code, err) == (0, "")
    assert "splits: 4 folds with 10 to 1" in out
    assert "42 test items in 41 clusters" in out
    project = Project(root)
    names = [f"tickets_fold{k}" for k in range(1, 5)]
    assert project.params.domains == project.params.prepared_domains == ["hs_products", *names]
    assert folds_of(project, "tickets") == names
    assert (project.domain("tickets").splits.folds, project.domain(names[1]).fold) == (4, 2)
    assert problems(project) == []
    _, out, _ = run("list")
    assert "tickets_fold" not in out
    assert select(project, ["baseline/tfidf"], domains=["tickets"], seeds=[0], known=[]).stages == tuple(
        f"{stage}baseline@tfidf-{name}-0" for name in names for stage in ("", "score_")
    )


def test_an_edit_reaches_the_folds_and_is_missed_until_then(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv", "--folds", "3")
    path = root / "data/domains/tickets.yaml"
    path.write_text(path.read_text().replace("Which of these labels fits", "Which label fits"))
    found = [str(problem) for problem in problems(Project(root))]
    assert len(found) == 3
    assert all(
        "differs from tickets.yaml" in problem and "harness domain folds tickets" in problem for problem in found
    )
    assert run("folds", "tickets")[0] == 0
    assert problems(Project(root)) == []
    assert run("folds", "tickets")[1] == "the 3 folds of tickets are up to date\n"


def test_another_number_of_folds_replaces_the_old_ones(root: Path, run: Run) -> None:
    run("add", "tickets", "tickets.csv")
    assert Project(root).params.domains[-1] == "tickets"
    for folds in ("3", "2"):
        assert run("add", "tickets", "tickets.csv", "--replace", "--folds", folds)[0] == 0
        names = [f"tickets_fold{k + 1}" for k in range(int(folds))]
        assert Project(root).params.prepared_domains == ["hs_products", *names]
        assert folds_of(Project(root), "tickets") == names
    assert problems(Project(root)) == []


def test_removing_the_domain_removes_all_folds(root: Path, run: Run) -> None:
    before = (root / "params.yaml").read_text()
    run("add", "tickets", "tickets.csv", "--folds", "3")
    for folder in ("items", "prepared"):
        (root / "data" / folder / "tickets_fold2").mkdir(parents=True)
    _, _, err = run("remove", "tickets_fold2")
    assert "tickets_fold2 is a fold of tickets" in err
    assert run("remove", "tickets")[0] == 0
    assert not [*root.glob("data/*/tickets*")]
    assert (root / "params.yaml").read_text() == before
    assert problems(Project(root)) == []


@pytest.mark.parametrize(
    ("folds", "told"),
    [("1", "2 to 20"), ("20", "20 folds need at least 20 clusters, and the 14 items are in 14")],
)
def test_folds_that_cannot_be_made_are_refused(root: Path, run: Run, folds: str, told: str) -> None:
    path = root / "tickets.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:15]) + "\n")
    code, _, err = run("add", "tickets", "tickets.csv", "--folds", folds)
    assert code != 0
    assert told in err
    assert not (root / "data/domains/tickets.yaml").exists()


def test_a_domain_with_folds_is_neither_collected_nor_trained_itself(measured: Project) -> None:
    with pytest.raises(ConfigError, match="tickets is split in folds"):
        collect(measured, "tickets")


def test_every_item_is_a_test_item_once_and_near_duplicates_are_in_one_fold(measured: Project) -> None:
    tested: Counter[str] = Counter()
    for fold in folds_of(measured, "tickets"):
        domain = PreparedDomain.open(measured.prepared_folder(fold))
        asked = [row.text for row in domain.questions("classify", "test")]
        learnt = [row.text for row in domain.questions("classify", "train")]
        assert sum("kettle" in text for text in asked) in (0, 2)
        assert len(asked) + len(learnt) + domain.count("classify", "validation") == ITEMS  # nothing left as a leak
        tested.update(asked)
    assert len(tested) == ITEMS
    assert set(tested.values()) == {1}


def test_the_board_has_one_row_of_all_items_with_the_accuracy_of_all_folds(measured: Project) -> None:
    right = 0
    for fold in folds_of(measured, "tickets"):
        domain = PreparedDomain.open(measured.prepared_folder(fold))
        most = Counter(row.answer for row in domain.questions("classify", "train")).most_common(1)[0][0]
        right += sum(row.answer == most for row in domain.questions("classify", "test"))
    connection = open_store(measured.root)
    boards = read_board(connection, Settings.of(measured))
    assert [board.domain for board in boards] == ["tickets"]
    (row,) = [row for row in boards[0].rows if row.recipe == "majority"]
    assert row.score is not None
    assert row.score.value == pytest.approx(right / ITEMS, abs=1e-4)
    assert (row.n, row.folds, row.domains, row.seeds, row.status) == (ITEMS, FOLDS, ["tickets"], [0], "ok")
    assert row.score.low is not None
    assert row.score.low < row.score.value
    assert fold_sentences(boards[0].rows)[0].startswith("Cross-validation in 4 folds")
    query = "SELECT count(*), count(DISTINCT item_id), count(DISTINCT cluster) FROM samples WHERE run_id = ?"
    stored = connection.execute(query, ["baseline/majority-tickets-0"]).fetchone()
    assert stored == (ITEMS, ITEMS, ITEMS - 1)
    seconds = connection.execute("SELECT train_seconds FROM runs WHERE recipe = 'baseline/majority'").fetchone()
    connection.close()
    keys = [RunKey("baseline", "majority", (fold,), 0) for fold in folds_of(measured, "tickets")]
    records = [read_record(RunRecord, measured.record_folder(key) / "train/run.json") for key in keys]
    assert seconds == (pytest.approx(sum(record.cost.seconds for record in records) / FOLDS),)


def test_recipes_are_compared_item_by_item_over_all_folds(measured: Project) -> None:
    names = ("baseline/tfidf", "baseline/majority")
    (found,) = comparisons(measured, names, domain="tickets", wanted=Wanted(suite="classification", limit=3))
    (suite,) = found.suites
    assert suite.n == ITEMS
    assert suite.difference is not None
    shown = browse(measured, "baseline/majority-tickets-0", suite="classification", limit=ITEMS)
    assert len(shown.items) == ITEMS
    assert all(item["text"] and item["prompt"] for item in shown.items)


def test_a_row_waits_for_all_its_folds(measured: Project) -> None:
    folder = measured.record_folder(RunKey("baseline", "tfidf", ("tickets_fold3",), 0)) / "score"
    folder.rename(folder.with_name("away"))
    try:
        found = ingest(measured)
    finally:
        folder.with_name("away").rename(folder)
    assert found.runs == 1
    assert "baseline/tfidf-tickets_fold3-0" in found.unscored
    assert "baseline/tfidf-tickets_fold2-0" not in found.unscored
    ingest(measured)


def test_a_run_does_not_see_the_other_folds_of_its_domain(measured: Project) -> None:
    key = RunKey("baseline", "majority", ("tickets_fold2",), 0)
    assert as_seen_by(measured, key).params.prepared_domains == ["hs_products", "tickets_fold2"]
    other = RunKey("baseline", "majority", ("hs_products",), 0)
    assert as_seen_by(measured, other).params.prepared_domains == ["hs_products", "tickets_fold1"]
    assert measured.params.prepared_domains[-1] == "tickets_fold4"


def test_splits_of_the_file_and_folds_exclude_each_other(root: Path, run: Run) -> None:
    rows = [f"{words(n)},{LABELS[n % 6]},{'test' if n % 3 == 0 else 'train'}" for n in range(30)]
    (root / "split.csv").write_text("\n".join(["text,label,part", *rows]) + "\n")
    code, _, err = run("add", "split", "split.csv", "--split", "part", "--folds", "3")
    assert code != 0
    assert "the file says which items are test items" in err


def test_labels_with_few_clusters_are_counted(root: Path, run: Run) -> None:
    with (root / "tickets.csv").open("a") as file:
        file.write("a single question about our pets,pets\n")
    _, out, _ = run("add", "tickets", "tickets.csv", "--folds", "5", "--dry-run")
    assert "1 labels have one cluster: the model that is asked about it has not learnt the label" in out
