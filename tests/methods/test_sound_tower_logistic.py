"""Recordings through a tiny audio tower."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.models.loaded import LanguageModel, LoadedModel
from harness.models.media_labels import MediaClassifier
from harness.scoring.contract import SuiteRun, get_kind
from harness.training.registry import get_method
from harness.training.train import load_context, train
from tests.media_domain import tones, write_media_domain


@pytest.fixture(scope="module")
def project(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A domain of recordings and one of frames beside the tiny language model."""
    root = tmp_path_factory.mktemp("sound") / "project"
    shutil.copytree(prepared_template, root)
    made = Project(root)
    prepare_base(made, "audio_tower")
    write_media_domain(made, "notes", "audio", (tones, ".wav"))
    write_media_domain(made, "voices", "audio")
    return made


def trained(project: Project, recipe: str) -> LoadedModel:
    key = RunKey("multimodal", recipe, ("notes",), 0)
    record = train(project, key)
    assert record.status == "ok", record.reason
    return get_method(recipe).load(load_context(project, key, device=prepare_device("float32")))


def score(project: Project, model: LoadedModel, view: str) -> float:
    questions = PreparedDomain.open(project.prepared_folder("notes")).questions(view, "test")
    run = SuiteRun("classification", view, questions, batch_size=8, metric="accuracy")
    samples = get_kind("classification").ask(model, run).samples
    return sum(sample.correct for sample in samples) / len(samples)


def test_it_learns_what_is_heard_and_falls_when_recordings_are_shuffled(project: Project) -> None:
    model = trained(project, "sound_tower_logistic")
    assert isinstance(model, MediaClassifier)
    right = score(project, model, "classify")
    assert right > 0.9
    assert score(project, model, "classify_shuffled") < right - 0.5


def test_frames_are_refused_with_the_reason(project: Project) -> None:
    record = train(project, RunKey("multimodal", "sound_tower_logistic", ("voices",), 0))
    assert record.status == "failed"
    assert record.reason is not None
    assert "frames of features" in record.reason


def test_a_language_model_hears_recordings_through_the_tower(project: Project) -> None:
    model = trained(project, "audio_tokens")
    assert isinstance(model, LanguageModel)
    questions = PreparedDomain.open(project.prepared_folder("notes")).questions("classify", "test")
    one, other = questions[0], next(row for row in questions if row.answer != questions[0].answer)
    outputs = get_method("audio_tokens").outputs  # type: ignore[attr-defined]
    heard = [outputs(model.model, model.tokenizer, [row]) for row in (one, replace(one, media=other.media), one)]
    assert heard[0].equal(heard[2])
    assert not heard[0].equal(heard[1])
