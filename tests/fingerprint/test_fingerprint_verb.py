from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import ConfigError, HarnessError
from harness.fingerprint.fingerprint import fingerprints
from harness.verbs.fingerprint import main
from tests.mini_tree import edit, write_mini_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("peft: [lora, prompt]", "peft: [lroa]", 'unknown peft recipe "lroa"\n  hint: did you mean "lora"?'),
        ("domains: [goods]", "domains: [godos]", 'unknown domain "godos"\n  hint: did you mean "goods"?'),
        (
            "[classification]",
            "[clasification]",
            'unknown suite "clasification"\n  hint: did you mean "classification"?',
        ),
    ],
)
def test_settings_that_list_an_unknown_name_are_refused(
    tree: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, expected: str
) -> None:
    monkeypatch.chdir(tree)
    edit(tree / "params.yaml", old, new)
    with pytest.raises(ConfigError) as caught:
        main([])
    assert re.search(r"\nparams\.yaml:\d+: ", str(caught.value))
    assert expected in str(caught.value)
    assert not (tree / "runs/code").exists()


def test_checkpoints_of_runs_that_are_not_asked_for_any_more_are_swept(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)
    kept, seed, gone = (
        tree / f"runs/.checkpoints/{name}" for name in ("peft/lora-goods-1", "peft/lora-goods-7", "old/recipe-goods-0")
    )
    for folder in (kept, seed, gone):
        (folder / "checkpoint-8").mkdir(parents=True)
    assert main([]) == 0
    assert (kept / "checkpoint-8").is_dir()
    assert not seed.exists()
    assert not gone.exists()


def test_the_stage_watches_the_dvc_that_started_it_before_anything_else(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tree)
    monkeypatch.setattr("harness.verbs.fingerprint.exit_with_parent", stop)
    with pytest.raises(KeyboardInterrupt):
        main([])
    assert not (tree / "runs").exists()


def test_the_verb_writes_the_same_bytes_twice_and_drops_old_files(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree)
    (tree / "runs/code/recipes/peft").mkdir(parents=True)
    (tree / "runs/code/recipes/peft/gone.json").write_text("{}")
    assert main([]) == 0
    assert capsys.readouterr().out == "fingerprint: the code of 9 stages and 3 recipes\n"
    files = {path.relative_to(tree / "runs/code").as_posix(): path for path in (tree / "runs/code").rglob("*.json")}
    first = {name: path.read_bytes() for name, path in files.items()}
    assert first == {name: text.encode() for name, text in fingerprints(Project(tree)).items()}
    main([])
    assert first == {name: path.read_bytes() for name, path in files.items()}


def test_a_broken_module_leaves_the_old_fingerprints(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    main([])
    before = (tree / "runs/code/fetch.json").read_bytes()
    edit(tree / "harness/methods/lora.py", "def train():", "def train(:")
    with pytest.raises(HarnessError, match="is not Python"):
        main([])
    assert (tree / "runs/code/fetch.json").read_bytes() == before
