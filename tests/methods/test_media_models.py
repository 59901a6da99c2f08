"""Models that read files, each trained once on an invented domain with tiny models."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.items.prepared import VIEWS_FILE, PreparedDomain
from harness.items.rows import Question, content_hash, read_rows, write_rows
from harness.measure.device import prepare_device
from harness.models.loaded import LanguageModel, LoadedModel
from harness.models.picture_text.similarity_classifier import SimilarityClassifier
from harness.records.run_record import RunRecord
from harness.scoring.contract import SuiteRun, get_kind
from harness.training.media.towers import pretrained_roles
from harness.training.registry import get_method
from harness.training.train import load_context, train
from tests.media_domain import write_media_domain


@pytest.fixture(scope="module")
def project(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three domains with files, pictures with captions, and tiny models."""
    root = tmp_path_factory.mktemp("media") / "project"
    shutil.copytree(prepared_template, root)
    made = Project(root)
    for role in ("encoder", "vision_tower", "audio_tower"):
        prepare_base(made, role)
    write_media_domain(made, "photos", "image")
    write_media_domain(made, "voices", "audio")
    write_media_domain(made, "sizes", "table")
    _add_captions(made.prepared_folder("photos"))
    return made


def _add_captions(folder: Path) -> None:
    """View `captions` of the pictures whose question tells their colour."""
    asked = read_rows(Question, folder / "views/classify.parquet", media_folder=folder)
    told = [row for row in asked if row.answer not in ("yes", "no")]
    captions = [
        replace(row, text=f"a {row.answer} square", prompt="", choices=(), answer=f"a {row.answer} square")
        for row in told
    ]
    write_rows(Question, captions, folder / "views/captions.parquet")
    meta = json.loads((folder / VIEWS_FILE).read_text())
    rows = {split: sum(row.split == split for row in captions) for split in ("train", "validation", "test")}
    meta["views"]["captions"] = {"rows": rows, "sha256": content_hash(captions)}
    (folder / VIEWS_FILE).write_text(json.dumps(meta))


RUNS: dict[tuple[str, str], tuple[RunRecord, LoadedModel]] = {}
"""What was trained already in this process."""


def trained(project: Project, recipe: str, domain: str) -> tuple[RunRecord, LoadedModel]:
    """The run and its model; each is trained once."""
    key = RunKey("multimodal", recipe, (domain,), 0)
    if (recipe, domain) not in RUNS:
        record = train(project, key)
        assert record.status == "ok", record.reason
        context = load_context(project, key, device=prepare_device("float32"))
        RUNS[recipe, domain] = record, get_method(context.recipe.run.method).load(context)
    return RUNS[recipe, domain]


def asked(project: Project, domain: str, view: str = "classify") -> list[Question]:
    return PreparedDomain.open(project.prepared_folder(domain)).questions(view, "validation")


def answers(model: LoadedModel, questions: list[Question]) -> list[str]:
    """What the suite `classification` gets."""
    run = SuiteRun("classification", "classify", questions, batch_size=8, metric="accuracy")
    return [sample.answer for sample in get_kind("classification").ask(model, run).samples]


@pytest.fixture(scope="module")
def clip(project: Project) -> tuple[RunRecord, LoadedModel]:
    return trained(project, "clip", "photos")


def test_clip_finds_captions_and_keeps_its_tower(project: Project, clip: tuple[RunRecord, LoadedModel]) -> None:
    record, model = clip
    assert isinstance(model, SimilarityClassifier)
    assert record.training is not None
    retrieval = record.training.notes["retrieval"]
    assert retrieval["image_to_text"]["chance@1"] == pytest.approx(1 / 3, abs=1e-3)
    assert 0 <= retrieval["text_to_image"]["recall@1"] <= 1
    colours = [one for one in asked(project, "photos") if one.answer not in ("yes", "no")]
    vectors = model.pair.image_vectors([one.media[0].file for one in colours])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert len(answers(model, colours)) == len(colours)
    tower = project.run_folder(RunKey("multimodal", "clip", ("photos",), 0)) / "tower/tower.safetensors"
    assert tower.read_bytes() != (project.base_folder("vision_tower") / "tower.safetensors").read_bytes()


def test_a_batch_of_one_pair_is_refused(project: Project) -> None:
    recipe = project.recipe("multimodal/clip")
    assert recipe.run.train is not None
    train_alone = recipe.run.train.model_copy(update={"per_device_train_batch_size": 1})
    alone = recipe.model_copy(update={"run": recipe.run.model_copy(update={"train": train_alone})})
    (mistake,) = get_method("clip").refusals(alone)
    assert "its loss is 0" in mistake.what
    assert not list(get_method("clip").refusals(recipe))


@pytest.mark.parametrize(
    ("recipe", "domain"),
    [("llava", "photos"), ("flamingo", "photos"), ("audio_tokens", "voices"), ("tabular_tokens", "sizes")],
)
def test_what_was_saved_comes_back_and_reads_files(
    project: Project, clip: tuple[RunRecord, LoadedModel], recipe: str, domain: str
) -> None:
    record, model = trained(project, recipe, domain)
    assert isinstance(model, LanguageModel)
    method = get_method(recipe)
    base = get_method("zero_shot").load(
        load_context(project, RunKey("baseline", "zero_shot", ("hs_products",), 0), device=prepare_device("float32"))
    )
    assert isinstance(base, LanguageModel)
    assert record.training is not None
    assert 0 < record.training.trainable_parameters < record.training.total_parameters
    questions = asked(project, domain)
    one, other = questions[0], next(row for row in questions if row.answer != questions[0].answer)
    swapped = replace(one, media=other.media)
    probes = [method.outputs(model.model, model.tokenizer, [row]) for row in (one, swapped, one)]  # type: ignore[attr-defined]
    assert probes[0].equal(probes[2])
    assert not probes[0].equal(probes[1])
    assert answers(model, questions[:4])
    assert model.reads > {"text"}
    if recipe == "flamingo":  # its language model is the base itself
        text = replace(one, media=())
        ids = model.encode_prompt(text, view="").tokens
        assert ids == base.encode_prompt(text, view="").tokens


def test_two_stages_learn_captions_and_then_answers(project: Project, clip: tuple[RunRecord, LoadedModel]) -> None:
    record, _ = trained(project, "llava", "photos")
    assert record.training is not None
    captions = PreparedDomain.open(project.prepared_folder("photos")).count("captions", "train")
    assert record.training.notes["aligned_on"] == captions
    settings = project.recipe("multimodal/llava").run.train
    assert settings is not None
    batch = settings.per_device_train_batch_size
    assert record.training.steps == -(-captions // batch) + -(-record.training.examples // batch)


def test_another_tower_than_in_training_is_refused(project: Project) -> None:
    trained(project, "audio_tokens", "voices")
    key = RunKey("multimodal", "audio_tokens", ("voices",), 0)
    folder = project.run_folder(key) / "adapter"
    (folder / "frames.json").unlink()  # as if it had learnt with recordings
    (folder / "learnt_with.json").write_text('{"sha256": "0"}')
    context = load_context(project, key, device=prepare_device("float32"))
    with pytest.raises(DataError, match="learnt with another tower"):
        get_method("audio_tokens").load(context)


def test_stages_wait_for_towers_and_not_for_those_of_a_run(project: Project) -> None:
    assert pretrained_roles(project.recipe("multimodal/clip")) == ["encoder", "vision_tower"]
    assert pretrained_roles(project.recipe("multimodal/llava")) == ["causal_lm"]
    assert pretrained_roles(project.recipe("multimodal/audio_tokens")) == ["audio_tower", "causal_lm"]
    assert pretrained_roles(project.recipe("peft/lora")) == ["causal_lm"]
