"""Every recipe of the family peft is trained once on the tiny model. These tests hold for all of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.models.loaded import LanguageModel
from harness.records.run_record import RunRecord
from harness.training.adapters.peft_lm import PeftLM
from harness.training.output_change import probe_logits
from harness.training.registry import get_method
from harness.training.supervised_lm import SupervisedLM
from harness.training.train import load_context, train
from tests.fresh_process import told_elsewhere
from tests.tree import ROOT

BASE_PARAMETERS = 137_536
"""Of the tiny model. A 4-bit weight counts as one parameter, whatever its number of bytes."""
RECIPES = sorted(path.stem for path in (ROOT / "recipes/peft").glob("*.yaml") if path.stem[0] != "_")

PROBE = """
import json, sys
from pathlib import Path
from harness.config.project import Project
from tests.methods.test_all_peft import RECIPES, logits_of
project = Project(Path(sys.argv[1]))
print(json.dumps({name: logits_of(project, name).tolist() for name in RECIPES}))
"""


def key_of(recipe: str) -> RunKey:
    return RunKey("peft", recipe, ("hs_products",), 0)


def method_of(recipe: str) -> SupervisedLM:
    method = get_method(Project(ROOT).recipe(f"peft/{recipe}").run.method)
    assert isinstance(method, SupervisedLM)
    return method


def saved_in(project: Project, recipe: str) -> Path:
    """The folder of the saved adapter."""
    return project.run_folder(key_of(recipe)) / method_of(recipe).saved_as


def load(project: Project, recipe: str) -> LanguageModel:
    context = load_context(project, key_of(recipe), device=prepare_device("float32"))
    loaded = get_method(context.recipe.run.method).load(context)
    assert isinstance(loaded, LanguageModel)
    return loaded


def probes_of(project: Project) -> Any:
    return PreparedDomain.open(project.prepared_folder("hs_products")).questions("classify", "validation", limit=4)


def logits_of(project: Project, recipe: str) -> Any:
    loaded = load(project, recipe)
    return probe_logits(loaded.model, loaded.tokenizer, probes_of(project))


@pytest.fixture(scope="module")
def trained(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The project, and of each recipe its record and the outputs that the trained model had in memory."""
    root = tmp_path_factory.mktemp("peft") / "project"
    shutil.copytree(prepared_template, root)
    project = Project(root)
    records: dict[str, RunRecord] = {}
    outputs: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:

        def remember(model: Any, tokenizer: Any, probes: Any) -> Any:
            outputs[recipe] = probe_logits(model, tokenizer, probes)  # the last call is the one after the training
            return outputs[recipe]

        patch.setattr("harness.training.supervised_lm.probe_logits", remember)
        for recipe in RECIPES:
            records[recipe] = train(project, key_of(recipe))
    return {"project": project, "records": records, "outputs": outputs}


@pytest.fixture(scope="module")
def elsewhere(trained: dict[str, Any]) -> dict[str, list[list[float]]]:
    """Recipe -> outputs of the saved model in another process."""
    found: dict[str, list[list[float]]] = told_elsewhere(PROBE, trained["project"].root, forks=True)
    return found


@pytest.mark.parametrize("recipe", RECIPES)
def test_it_trains_and_its_record_counts_what_learns(trained: dict[str, Any], recipe: str) -> None:
    record: RunRecord = trained["records"][recipe]
    assert (record.status, record.reason) == ("ok", None)
    assert record.training is not None
    assert record.training.output_change is not None
    assert record.training.output_change > 1e-4
    added = record.training.total_parameters - BASE_PARAMETERS
    assert 0 < record.training.trainable_parameters < BASE_PARAMETERS
    assert added in (0, record.training.trainable_parameters)


@pytest.mark.parametrize("recipe", RECIPES)
def test_in_a_fresh_process_it_gives_the_outputs_it_was_trained_to(
    trained: dict[str, Any], elsewhere: dict[str, list[list[float]]], recipe: str
) -> None:
    import torch

    assert torch.allclose(torch.tensor(elsewhere[recipe]), trained["outputs"][recipe], atol=1e-5)


@pytest.mark.parametrize("recipe", RECIPES)
def test_only_safetensors_and_text_are_saved(trained: dict[str, Any], recipe: str) -> None:
    folder = saved_in(trained["project"], recipe)
    weights = [path for path in folder.iterdir() if path.suffix not in (".json", ".jinja")]
    assert [path.suffix for path in weights] == [".safetensors"]
    assert weights[0].stat().st_size < 200_000  # less than the base's 0.55 MB


@pytest.mark.parametrize("recipe", RECIPES)
def test_it_is_merged_for_scoring_where_that_loses_nothing(trained: dict[str, Any], recipe: str) -> None:
    loaded = load(trained["project"], recipe)
    method = method_of(recipe)
    assert hasattr(loaded.model, "peft_config") == (isinstance(method, PeftLM) and not method.merges)
    if trained["records"][recipe].training.total_parameters > BASE_PARAMETERS:
        assert loaded.adapter_seconds is not None
        assert loaded.adapter_seconds > 0


@pytest.mark.parametrize("recipe", RECIPES)
def test_another_base_is_refused_with_both_hashes(trained: dict[str, Any], tmp_path: Path, recipe: str) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    root = tmp_path / "project"
    shutil.copytree(trained["project"].root, root)
    weights = root / "data/bases/causal_lm/model.safetensors"
    changed = {name: tensor + torch.ones_like(tensor) * 1e-3 for name, tensor in load_file(weights).items()}
    save_file(changed, weights, metadata={"format": "pt"})
    noted = json.loads((saved_in(Project(root), recipe) / "base.json").read_text())
    with pytest.raises(DataError, match="was trained on other weights") as raised:
        load(Project(root), recipe)
    assert noted["weights_sha256"] in str(raised.value)
    assert noted["name"] == "tiny-random-llama"


def test_a_training_that_changes_nothing_is_noticed_with_virtual_tokens_too(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.training.loops.sft_loop.SharingTrainer.train", lambda self, **kwargs: None)
    for recipe in ("prompt_tuning", "p_tuning_v2", "adapter", "qlora"):
        reason = train(prepared, key_of(recipe)).reason
        assert reason is not None
        assert "changed no output" in reason
