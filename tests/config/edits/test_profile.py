from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.edits.profile import active_profile, listing, write_profile
from harness.config.project import Project
from harness.errors import ConfigError
from harness.verbs.profile import main
from tests.mini_tree import write_mini_tree
from tests.tree import ROOT, copy_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tree = write_mini_tree(tmp_path)
    text = (tree / "params.yaml").read_text()
    (tree / "harness/profiles/large.yaml").write_text(
        text.replace("# The smallest settings.", "# All there is.").replace("profile: tiny", "profile: large")
    )
    return tree


def test_a_profile_is_written_byte_for_byte(root: Path) -> None:
    profile = root / "harness/profiles/large.yaml"
    profile.write_bytes(profile.read_bytes().replace(b"\n", b"\r\n"))
    assert write_profile(root, "large")
    assert (root / "params.yaml").read_bytes() == profile.read_bytes()
    assert active_profile(root) == "large"
    assert sorted(path.name for path in root.iterdir() if "params" in path.name) == ["params.yaml"]


def test_the_active_profile_is_not_written_again(root: Path) -> None:
    before = (root / "params.yaml").stat().st_mtime_ns
    assert not write_profile(root, "tiny")
    assert (root / "params.yaml").stat().st_mtime_ns == before


def test_a_missing_params_file_is_written(root: Path) -> None:
    (root / "params.yaml").unlink()
    assert write_profile(root, "tiny")
    assert active_profile(root) == "tiny"


def test_an_unknown_profile_gets_a_suggestion(root: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        write_profile(root, "larg")
    assert 'unknown profile "larg"' in str(caught.value)
    assert 'did you mean "large"?' in str(caught.value)


def test_edits_are_not_overwritten_without_force(root: Path) -> None:
    settings = root / "params.yaml"
    edited = settings.read_text().replace("epochs: 1", "epochs: 3")
    settings.write_text(edited)
    with pytest.raises(ConfigError) as caught:
        write_profile(root, "large")
    message = str(caught.value)
    assert "--- tiny.yaml" in message
    assert "+budget: {train_examples: 64, epochs: 3, max_length: 128}" in message
    assert "harness profile large --force" in message
    assert settings.read_text() == edited
    assert write_profile(root, "large", force=True)
    assert active_profile(root) == "large"


def test_a_long_difference_is_cut(root: Path) -> None:
    (root / "params.yaml").write_text("\n".join(f"key{number}: 1" for number in range(100)))
    with pytest.raises(ConfigError, match=r"\.\.\. and \d+ more lines"):
        write_profile(root, "large")


def test_the_listing_marks_the_active_profile(root: Path) -> None:
    assert listing(root) == ["  large  All there is.", "* tiny   The smallest settings."]
    (root / "params.yaml").write_text("profile: mine\n")
    assert listing(root)[-1] == "params.yaml differs from all profiles"
    (root / "params.yaml").unlink()
    assert listing(root)[-1] == "params.yaml does not exist"


def test_the_verb_works_without_params_and_below_the_root(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "params.yaml").unlink()
    monkeypatch.chdir(root / "recipes")
    assert main([]) == 0
    assert main(["large"]) == 0
    assert main(["large"]) == 0
    printed = capsys.readouterr().out
    assert "params.yaml is now the profile large" in printed
    assert "params.yaml is the profile large already" in printed


def test_outside_of_a_clone_the_verb_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"no dvc\.yaml with harness/profiles/"):
        main(["cpu"])


@pytest.mark.parametrize("profile", sorted(path.stem for path in (ROOT / "harness/profiles").glob("*.yaml")))
def test_what_ranks_comes_before_what_asks_it_in_another_way(tmp_path: Path, profile: str) -> None:
    tree = copy_tree(tmp_path)
    (tree.root / "params.yaml").write_text((ROOT / f"harness/profiles/{profile}.yaml").read_text())
    project = Project(tree.root)
    first: dict[tuple[str, str], str] = {}
    for name in project.params.suites:
        for view in project.suite(name).views:
            first.setdefault((project.suite(name).column, view.split("_")[0]), name)
    assert first["score", "classify"] == "classification"
    assert first["score", "answer"] == "answers"
    assert first["hallucination", "claims"] == "claims"
