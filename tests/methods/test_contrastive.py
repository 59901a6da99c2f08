"""Contrastive fine-tuning of the tiny encoder, and the classifiers that stand on its vectors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.errors import RunFailed
from harness.items.prepared import PreparedDomain
from harness.items.rows import Pair
from harness.measure.device import prepare_device
from harness.models.loaded import LabelClassifier
from harness.models.sentence_encoder import SentenceEncoder, load_encoder
from harness.training.contract import TrainContext
from harness.training.lessons.anchors import loss_columns, require_comparable
from harness.training.registry import get_method
from harness.training.train import load_context, train

DOMAIN = "hs_products"
ENCODERS = ["mnrl", "gist", "triplet", "contrastive_loss", "hard_negatives", "matryoshka", "lora", "llm_embedder"]


def key(recipe: str) -> RunKey:
    return RunKey("contrastive", recipe, (DOMAIN,), 0)


@pytest.fixture(scope="module")
def project(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """With the tiny encoder and every recipe's rate high enough to move random weights."""
    root = tmp_path_factory.mktemp("contrastive") / "project"
    shutil.copytree(prepared_template, root)
    project = Project(root)
    prepare_base(project, "encoder")
    return project


def loaded(project: Project, recipe: str) -> SentenceEncoder:
    context = load_context(project, key(recipe), device=prepare_device("float32"))
    model = get_method(context.recipe.run.method).load(context)
    assert isinstance(model, SentenceEncoder)
    return model


def pairs_of(project: Project) -> list[Pair]:
    return list(PreparedDomain.open(project.prepared_folder(DOMAIN)).rows(Pair, "pairs", "train"))


@pytest.mark.parametrize("recipe", ENCODERS)
def test_every_recipe_trains_and_loads_other_vectors_than_the_base(project: Project, recipe: str) -> None:
    record = train(project, key(recipe))
    assert (record.status, record.reason) == ("ok", None)
    assert record.training is not None
    assert (record.training.output_change or 0) > 0
    texts = [pair.anchor for pair in pairs_of(project)[:4]]
    assert np.linalg.norm(loaded(project, recipe).embed(texts), axis=1) == pytest.approx(1, abs=1e-5)
    if recipe != "llm_embedder":
        base = load_encoder(project.base_folder("encoder"), prepare_device("float32"))
        assert np.abs(loaded(project, recipe).embed(texts) - base.embed(texts)).max() > 1e-5


def test_partners_come_nearer_to_each_other_than_to_others(project: Project) -> None:
    train(project, key("mnrl"))
    pairs = pairs_of(project)[:40]

    def lead(encoder: SentenceEncoder) -> float:
        anchors, positives = (encoder.embed([getattr(p, name) for p in pairs]) for name in ("anchor", "positive"))
        near = anchors @ positives.T
        return float(np.diag(near).mean() - near.mean())

    base = load_encoder(project.base_folder("encoder"), prepare_device("float32"))
    assert lead(loaded(project, "mnrl")) > lead(base)


def test_a_saved_adapter_holds_the_adapter_alone(project: Project) -> None:
    train(project, key("lora"))
    folder = project.run_folder(key("lora"))
    assert not (folder / "encoder").exists()
    content = json.loads((folder / "adapter/adapter_config.json").read_text())
    assert content["base_model_name_or_path"] == "tiny-random-bert"


def test_mined_negatives_are_training_texts_and_never_the_partner(project: Project) -> None:
    train(project, key("hard_negatives"))
    mined = json.loads((project.run_folder(key("hard_negatives")) / "hard_negatives.json").read_text())
    pairs = {pair.id: pair for pair in pairs_of(project)}
    texts = {pair.positive for pair in pairs.values()}
    assert mined.keys() <= pairs.keys()
    for name, negatives in mined.items():
        assert set(negatives) <= texts - {pairs[name].positive}


@pytest.mark.parametrize("recipe", ["logistic", "knn"])
def test_a_classifier_on_the_tuned_vectors_knows_the_labels(project: Project, recipe: str) -> None:
    train(project, key("mnrl"))
    record = train(project, key(recipe))
    assert (record.status, record.parents) == ("ok", {"model": f"contrastive/mnrl-{DOMAIN}-0"})
    context = load_context(project, key(recipe), device=prepare_device("float32"))
    model = get_method("embedding_classifier").load(context)
    assert isinstance(model, LabelClassifier)
    domain = PreparedDomain.open(project.prepared_folder(DOMAIN))
    questions = domain.questions("classify", "test")
    odds = model.log_proba([question.text for question in questions], domain.labels)
    assert np.exp(odds[:, : len(domain.labels)]).sum(axis=1) == pytest.approx(1, abs=1e-6)
    right = [domain.labels[row.argmax()] == question.answer for question, row in zip(questions, odds, strict=True)]
    assert sum(right) / len(right) > 1.5 / len(domain.labels)


def pair(name: str, anchor: str, positive: str, negatives: tuple[str, ...] = ()) -> Pair:
    return Pair(id=name, split="train", cluster=name, anchor=anchor, positive=positive, negatives=negatives)


def test_negatives_are_the_domains_own_before_random_ones() -> None:
    rows = [pair("a", "heart attack", "infarction", ("angina",)), pair("b", "flu", "influenza")]
    columns = loss_columns(rows, loss="triplet", seed=0)
    assert columns["negative"] == ["angina", "infarction"]
    both = loss_columns(rows, loss="contrastive", seed=0)
    assert both["label"] == [1.0, 1.0, 0.0, 0.0]
    assert both["second"] == ["infarction", "influenza", "angina", "infarction"]


def test_a_pair_of_equal_texts_and_a_single_text_to_find_are_refused() -> None:
    with pytest.raises(RunFailed, match="anchor and positive of a are the same"):
        require_comparable([pair("a", "x", "x "), pair("b", "y", "z")])
    for alone in ([pair("a", "x", "y")], [pair("a", "x", "z"), pair("b", "y", "z")]):
        with pytest.raises(RunFailed, match=f"there is one text to find in {len(alone)} pair"):
            require_comparable(alone)


def test_a_domain_with_one_text_to_find_becomes_a_failed_row_before_a_model_is_loaded(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.methods.contrastive._base", None)
    monkeypatch.setattr(TrainContext, "rows", lambda *_: [pair("a", "heart attack", "infarction")])
    record = train(project, key("gist"))
    assert record.status == "failed"
    assert "one text to find" in (record.reason or "")
