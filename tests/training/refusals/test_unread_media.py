from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.config.project import Project, RunKey
from harness.items.media import Media
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question, content_hash, read_rows, write_rows
from harness.methods.lora import Lora
from harness.models.causal_lm import load_folder
from harness.scoring.ask import Subject, ask_suite
from harness.training.train import train


@pytest.fixture
def pictured(prepared: Project) -> Project:
    """The prepared domain with a picture in one question of each split of its view `classify`."""
    folder = prepared.prepared_folder("hs_products")
    (folder / "media").mkdir()
    (folder / "media/0.png").write_bytes(b"a picture")
    path = folder / "views/classify.parquet"
    rows = [
        replace(row, media=(Media("image", "0", "media/0.png"),)) if place % 2 else row
        for place, row in enumerate(read_rows(Question, path))
    ]
    write_rows(Question, rows, path)
    facts = json.loads((folder / "views.json").read_text())
    facts["views"]["classify"]["sha256"] = content_hash(rows)
    (folder / "views.json").write_text(json.dumps(facts))
    return prepared


@pytest.mark.parametrize("recipe", ["peft/lora", "baseline/tfidf"])
def test_a_recipe_that_reads_text_refuses_pictures_before_a_model_is_loaded(
    pictured: Project, monkeypatch: pytest.MonkeyPatch, recipe: str
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("training began")

    monkeypatch.setattr(Lora, "train", never)
    family, name = recipe.split("/")
    record = train(pictured, RunKey(family, name, ("hs_products",), 0))
    assert record.status == "failed"
    assert record.reason == f"refused: {recipe} reads text only; the view classify of hs_products has images"


def test_a_model_that_reads_text_has_an_empty_cell_for_questions_with_pictures(
    pictured: Project, prepared_template: Path
) -> None:
    from harness.measure.device import prepare_device

    model = load_folder(prepared_template / "data/bases/causal_lm", prepare_device("float32"))
    domain = PreparedDomain.open(pictured.prepared_folder("hs_products"))
    score, samples = ask_suite(pictured, "classification", subject=Subject(model, domain))
    assert score.reason == "not applicable: this model reads text only; the view classify of hs_products has images"
    assert (score.metrics, samples) == ({}, [])
    assert score.protocol_hash
