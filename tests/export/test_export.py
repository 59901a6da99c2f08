from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard

from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError, RunFailed
from harness.export.folder import export, run_named
from harness.training.train import train
from harness.verbs.export import main

RECIPES = ("peft/lora", "peft/dora", "peft/ia3", "peft/qlora", "peft/prompt_tuning", "peft/adapter", "sft/full")


def key_of(recipe: str) -> RunKey:
    family, name = recipe.split("/")
    return RunKey(family, name, ("hs_products",), 0)


@pytest.fixture(scope="module")
def trained(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a run of each recipe; do not write into it."""
    root = tmp_path_factory.mktemp("export") / "project"
    shutil.copytree(prepared_template, root)
    project = Project(root)
    for recipe in RECIPES:
        assert train(project, key_of(recipe)).status == "ok"
    return project


def logits(model: Any) -> Any:
    import torch

    with torch.inference_mode():
        return model.eval()(input_ids=torch.arange(10, 30).unsqueeze(0)).logits


@pytest.mark.parametrize("recipe", ["peft/lora", "peft/dora", "peft/ia3", "peft/qlora"])
def test_a_merged_run_is_a_plain_model_with_the_same_outputs(trained: Project, tmp_path: Path, recipe: str) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from harness.measure.device import prepare_device
    from harness.training.registry import get_method
    from harness.training.train import load_context

    target = tmp_path / "out"
    line = export(trained, key_of(recipe), target=target, merge=True)
    assert "a plain model in float32" in line
    assert not list(target.glob("adapter*"))
    plain = AutoModelForCausalLM.from_pretrained(target, local_files_only=True)
    assert type(plain).__name__ == "LlamaForCausalLM"
    assert "quantization_config" not in json.loads((target / "config.json").read_text())
    context = load_context(trained, key_of(recipe), device=prepare_device("float32"))
    ours: Any = get_method(recipe.split("/")[1]).load(context)
    assert (logits(plain) - logits(ours.model)).abs().max() < 1e-4
    base = AutoModelForCausalLM.from_pretrained(trained.base_folder("causal_lm"), local_files_only=True)
    assert (logits(plain) - logits(base)).abs().max() > 1e-3
    assert AutoTokenizer.from_pretrained(target).chat_template
    assert str(trained.root) not in (target / "config.json").read_text()


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        ("peft/prompt_tuning", "the adapter of peft/prompt_tuning consists of virtual tokens"),
        ("peft/adapter", "the adapter of peft/adapter consists of further layers"),
    ],
)
def test_a_merge_that_is_impossible_is_refused_with_the_reason(
    trained: Project, tmp_path: Path, recipe: str, reason: str
) -> None:
    with pytest.raises(RunFailed, match=f"{recipe} cannot be merged: {reason}") as raised:
        export(trained, key_of(recipe), target=tmp_path / "out", merge=True)
    assert "without --merge the adapter is exported together with its base model" in str(raised.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("recipe", ["peft/lora", "peft/adapter"])
def test_without_merging_the_adapter_is_exported_with_a_copy_of_its_base(
    trained: Project, tmp_path: Path, recipe: str
) -> None:
    line = export(trained, key_of(recipe), target=tmp_path / "out", merge=False)
    assert "its base model is tiny-random-llama, in the folder base; README.md shows how to load it" in line
    base = trained.base_folder("causal_lm") / "model.safetensors"
    assert (tmp_path / "out/base/model.safetensors").read_bytes() == base.read_bytes()
    assert (tmp_path / "out/base.json").is_file()
    assert not (tmp_path / "out/model.safetensors").exists()


def test_an_adapter_whose_base_has_changed_is_not_exported(trained: Project, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(trained.root, root)
    shutil.copy(trained.run_folder(key_of("sft/full")) / "model/model.safetensors", root / "data/bases/causal_lm")
    with pytest.raises(DataError, match="the adapter was trained on other weights"):
        export(Project(root), key_of("peft/lora"), target=tmp_path / "out", merge=False)
    assert not (tmp_path / "out").exists()


def test_a_whole_model_is_exported_unchanged(trained: Project, tmp_path: Path) -> None:
    for merge in (False, True):
        line = export(trained, key_of("sft/full"), target=tmp_path / str(merge), merge=merge)
        assert "a whole model" in line
        assert (tmp_path / str(merge) / "model.safetensors").is_file()


def test_a_merged_model_with_other_logits_is_not_written(
    trained: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.export.merged.fold_in", lambda model, of: model.unload())
    with pytest.raises(DataError, match="the merged model's logits differ by"):
        export(trained, key_of("peft/lora"), target=tmp_path / "out", merge=True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_stays_unchanged(trained: Project, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert export(trained, key_of("peft/lora"), target=tmp_path / "out", merge=False)
    before = sorted(path.name for path in (tmp_path / "out").iterdir())
    with pytest.raises(ConfigError, match="the target is not empty"):
        export(trained, key_of("peft/lora"), target=tmp_path / "out", merge=True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == before


def test_a_run_is_named_by_its_folder(project: Project) -> None:
    assert run_named(project, "peft/lora-hs_products-0") == key_of("peft/lora")
    assert run_named(project, "runs/sft/full-a+b-12/") == RunKey("sft", "full", ("a", "b"), 12)
    with pytest.raises(ConfigError, match="is not the name of a run"):
        run_named(project, "peft/lora")
    with pytest.raises(ConfigError) as raised:
        run_named(project, "peft/lorra-hs_products-0")
    assert 'did you mean "peft/lora"?' in str(raised.value)


@pytest.mark.parametrize(
    ("recipe", "files"),
    [("baseline/tfidf", "vocabulary.json, weights.safetensors"), ("baseline/few_shot", "shots.json")],
)
def test_what_no_plain_library_loads_is_refused(prepared: Project, tmp_path: Path, recipe: str, files: str) -> None:
    assert train(prepared, key_of(recipe)).status == "ok"
    method = recipe.split("/")[1]
    with pytest.raises(ConfigError, match=f"no plain library loads what the method {method} saves: {files}"):
        export(prepared, key_of(recipe), target=tmp_path / "out", merge=False)
    assert not (tmp_path / "out").exists()


def test_a_failed_or_missing_run_is_refused(prepared: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError):
        export(prepared, key_of("peft/lora"), target=tmp_path / "out", merge=False)
    monkeypatch.setattr("harness.training.loops.sft_loop.SharingTrainer.train", lambda self, **kwargs: None)
    train(prepared, key_of("peft/lora"))
    with pytest.raises(DataError, match="the run failed: training changed no output"):
        export(prepared, key_of("peft/lora"), target=tmp_path / "out", merge=False)


def test_the_verb_writes_below_exports(
    trained: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(trained.root)
    assert main(["peft/ia3-hs_products-0", "--merge"]) == 0
    assert (trained.root / "exports/peft/ia3-hs_products-0-merged/model.safetensors").is_file()
    assert "a plain model in float32" in capsys.readouterr().out
    card = ModelCard.load(trained.root / "exports/peft/ia3-hs_products-0-merged/README.md")
    assert (card.data.to_dict()["library_name"], card.data.to_dict()["license"]) == ("transformers", "apache-2.0")
