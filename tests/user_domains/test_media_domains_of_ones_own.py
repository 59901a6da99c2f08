"""`harness domain add` with a folder of pictures, and with a table that has a target column."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.__main__ import main
from harness.config.project import Project
from harness.domains.collect import collect
from harness.items.prepared import PreparedDomain
from harness.pipeline.generated_section import write_section
from harness.preparation.prepare import prepare
from harness.sources.fetch import fetch
from tests.media.small_files import picture
from tests.tree import ROOT, copy_tree

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with the smoke profile and the code behind it, 40 pictures of two classes, and a table of 60 rows."""
    tree = tmp_path / "tree"
    tree.mkdir()
    copy_tree(tree)
    (tree / "harness").symlink_to(ROOT / "harness")
    write_section(Project(tree))
    for label, red in (("cat", 200), ("dog", 100)):
        for n in range(20):
            path = tree / f"pets/{label}/{n}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture((red, n, 0)))
    rows = [f"c{n},{20 + n},{('Brno', 'Graz', 'Wien')[n % 3]},{('yes', 'no')[n % 2]}" for n in range(60)]
    (tree / "customers.csv").write_text("name,age,city,churned\n" + "\n".join(rows) + "\n")
    return tree


@pytest.fixture
def run(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`harness domain ...` in the tree: exit code, output, errors."""
    monkeypatch.chdir(root)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["domain", *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def prepared(root: Path, name: str) -> PreparedDomain:
    """After fetch, collect and prepare."""
    project = Project(root)
    fetch(project, name)
    collect(project, name)
    prepare(project, name)
    return PreparedDomain.open(project.prepared_folder(name))


def test_a_folder_of_pictures_becomes_a_domain_that_one_family_runs_on(root: Path, run: Run) -> None:
    (root / "pets/dog/broken.jpg").write_bytes(b"nothing")
    code, out, err = run("add", "pets", "pets")
    assert (code, err) == (0, "")
    assert "recognised a folder of images in class folders: pets" in out
    assert "1 images were left out: it is damaged, truncated or no picture" in out
    assert "splits: train 28, validation 4, test 8" in out
    project = Project(root)
    domain = project.domain("pets")
    assert (domain.media, domain.builder, domain.options) == (
        "image",
        "media_folder",
        {"question": "What does this image show?"},
    )
    assert project.params.prepared_domains[-1] == "pets"
    assert project.params.domains_of["multimodal"][-1] == "pets"
    assert "pets" not in project.params.domains
    found = prepared(root, "pets")
    assert {split: found.count("classify", split) for split in ("train", "validation", "test")} == {
        "train": 28,
        "validation": 4,
        "test": 8,
    }
    question = found.questions("classify", "test")[0]
    assert question.prompt == "What does this image show?\nAnswer with one of: cat, dog."
    assert question.media[0].file.is_file()
    assert "1 images were left out" in (found.folder / "card.md").read_text()


def test_a_table_with_a_target_becomes_a_domain(root: Path, run: Run) -> None:
    code, out, err = run("add", "churn", "customers.csv", "--target", "churned", "--id", "name")
    assert (code, err) == (0, "")
    assert 'columns: target "churned", id "name"' in out
    found = prepared(root, "churn")
    assert found.media_kinds("classify") == {"table"}
    assert found.labels == ["no", "yes"]
    page = (found.folder / "card.md").read_text()
    assert "- columns: 1 of numbers, 1 of categories" in page
    _, out, _ = run("show", "churn", "--json")
    assert json.loads(out)["active"] == "recipes run on it"


def test_a_dry_run_and_json_write_and_say_the_same(root: Path, run: Run) -> None:
    before = (root / "params.yaml").read_bytes()
    code, out, _ = run("add", "pets", "pets", "--dry-run", "--json")
    said = json.loads(out)
    assert (code, said["media"], said["items"], said["labels"]) == (0, "image", 40, {"cat": 20, "dog": 20})
    assert said["written"] == []
    assert (root / "params.yaml").read_bytes() == before
    assert not (root / "data/domains/pets.yaml").exists()


def test_replacing_keeps_the_question_and_removing_leaves_no_trace(root: Path, run: Run) -> None:
    before = (root / "data/sources.yaml").read_text()
    run("add", "pets", "pets")
    path = root / "data/domains/pets.yaml"
    path.write_text(path.read_text().replace("What does this image show?", "Which animal is it?"))
    (root / "pets/cat/new.png").write_bytes(picture((1, 2, 3)))
    code, out, _ = run("add", "pets", "pets", "--replace")
    assert code == 0
    assert "41 items" in out
    assert Project(root).domain("pets").options["question"] == "Which animal is it?"
    code, _, err = run("add", "pets", "customers.csv", "--target", "churned", "--replace")
    assert code != 0
    assert "was made from a folder of pictures or recordings" in err
    run("remove", "pets")
    assert "pets" not in (root / "params.yaml").read_text()
    assert (root / "data/sources.yaml").read_text() == before


def test_folds_of_pictures_are_domains_that_hold_each_picture_once(root: Path, run: Run) -> None:
    code, out, _ = run("add", "pets", "pets", "--folds", "4")
    assert code == 0
    assert "4 folds with 10 test items each" in out
    project = Project(root)
    assert project.params.domains_of["multimodal"][-4:] == [f"pets_fold{n}" for n in range(1, 5)]
    fetch(project, "pets")
    tested = [
        name for n in range(1, 5) for name, split in collect(project, f"pets_fold{n}").split.items() if split == "test"
    ]
    assert len(tested) == len(set(tested)) == 40


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pets", "--target", "churned"), "--target is for a table, and the path is a folder"),
        (("pets", "--rating", "stars"), "--rating is not for a folder of pictures or recordings"),
        (("pets", "--label", "kind"), 'names the column "kind", and the folder has no metadata.jsonl'),
        (("customers.csv", "--target", "churn"), 'did you mean "churned"?'),
        (("customers.csv", "--target", "churned", "--label", "city"), "--label is not for a table with --target"),
        (("customers.csv", "--target", "age"), "60 labels for 60 records"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_changes(
    root: Path, run: Run, arguments: tuple[str, ...], message: str
) -> None:
    before = (root / "params.yaml").read_bytes()
    code, _, err = run("add", "mine", *arguments)
    assert code != 0
    assert message in err
    assert (root / "params.yaml").read_bytes() == before
    assert not (root / "data/domains/mine.yaml").exists()
