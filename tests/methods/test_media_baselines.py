"""The cheap baselines for questions with files, each trained once on an invented domain."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.config.project import Project, RunKey
from harness.items.media import Media
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.measure.device import prepare_device
from harness.models.loaded import LanguageModel, LoadedModel
from harness.models.media_labels import MediaClassifier
from harness.records.run_record import RunRecord
from harness.scoring.ask import Subject, ask_suite
from harness.scoring.contract import SuiteRun, get_kind
from harness.training.registry import get_method
from harness.training.train import load_context, train
from tests.media_domain import picture, write_media_domain

DOMAINS = {"photos": "image", "voices": "audio", "sizes": "table"}


@pytest.fixture(scope="module")
def project(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three domains with files beside the tiny language model."""
    root = tmp_path_factory.mktemp("media") / "project"
    shutil.copytree(prepared_template, root)
    made = Project(root)
    write_media_domain(made, "photos", "image")
    write_media_domain(made, "voices", "audio")
    write_media_domain(made, "sizes", "table")
    return made


def trained(project: Project, recipe: str, domain: str) -> tuple[RunRecord, LoadedModel]:
    key = RunKey("multimodal", recipe, (domain,), 0)
    record = train(project, key)
    assert record.status == "ok", record.reason
    context = load_context(project, key, device=prepare_device("float32"))
    return record, get_method(context.recipe.run.method).load(context)


def asked(project: Project, domain: str, view: str = "classify") -> list[Question]:
    return PreparedDomain.open(project.prepared_folder(domain)).questions(view, "test")


def score(model: LoadedModel, questions: list[Question], view: str = "classify") -> float:
    """Accuracy, asked as the suite `classification` asks."""
    run = SuiteRun("classification", view, questions, batch_size=8, metric="accuracy")
    samples = get_kind("classification").ask(model, run).samples
    return sum(sample.correct for sample in samples) / len(samples)


@pytest.mark.parametrize(
    ("recipe", "domain"), [("pixels_logistic", "photos"), ("frames_logistic", "voices"), ("boosting", "sizes")]
)
def test_a_classifier_of_files_learns_what_they_show_and_falls_when_they_are_shuffled(
    project: Project, recipe: str, domain: str
) -> None:
    _, model = trained(project, recipe, domain)
    assert isinstance(model, MediaClassifier)
    assert model.reads == {"text", DOMAINS[domain]}
    right = score(model, asked(project, domain))
    assert right > 0.9
    assert score(model, asked(project, domain, "classify_shuffled"), "classify_shuffled") < right - 0.5


def test_probabilities_of_a_classifier_sum_to_one_and_a_label_it_never_saw_is_the_least_likely(
    project: Project,
) -> None:
    _, model = trained(project, "pixels_logistic", "photos")
    assert isinstance(model, MediaClassifier)
    questions = asked(project, "photos")
    known = model.log_proba(questions, ["blue", "green", "no", "red", "yes"])
    assert np.exp(known).sum(axis=1) == pytest.approx(1)
    table = model.log_proba(questions, ["blue", "green", "no", "red", "yes", "mauve"])
    assert (table[:, -1] == table[:, :-1].min(axis=1)).all()


def test_boosting_counts_what_it_leaves_out_and_takes_missing_and_unseen_values(
    project: Project, tmp_path: Path
) -> None:
    record, model = trained(project, "boosting", "sizes")
    assert isinstance(model, MediaClassifier)
    assert record.training is not None
    assert record.training.notes["columns_left_out"] == ["unit", "id"]
    assert record.training.notes["missing_cells"] == 12
    question = asked(project, "sizes")[0]
    (tmp_path / "row.json").write_text(json.dumps({"size": "ten", "city": "Oslo", "further": 1.0}))
    strange = replace(question, media=(Media("table", "0" * 64, "row.json", folder=tmp_path),))
    row = model.log_proba([strange], ["large", "small"])
    assert np.isfinite(row).all()
    assert np.exp(row).sum() == pytest.approx(1)


def test_the_blind_model_gives_the_same_answer_whatever_the_file_shows(project: Project, tmp_path: Path) -> None:
    _, model = trained(project, "text_only", "photos")
    assert isinstance(model, LanguageModel)
    assert model.reads >= {"text", "image", "audio", "table"}
    question = asked(project, "photos")[0]
    (tmp_path / "other.png").write_bytes(picture((0, 0, 0)))
    other = replace(question, media=(Media("image", "1" * 64, "other.png", folder=tmp_path),))
    assert model.encode_choices(question, view="classify") == model.encode_choices(other, view="classify")
    assert score(model, asked(project, "photos")) == score(model, asked(project, "photos", "classify_shuffled"))


def test_rows_are_read_as_text_before_the_question(project: Project) -> None:
    _, model = trained(project, "tabular_text", "sizes")
    assert isinstance(model, LanguageModel)
    question = next(one for one in asked(project, "sizes") if '"size": null' not in one.media[0].file.read_text())
    row = json.loads(question.media[0].file.read_text())
    prompt = model.prompt(question, view="classify")
    assert f"size: {row['size']:.4g}\ncity: {row['city']}\n" in prompt
    assert prompt.index("unit: cm") < prompt.index("Is it large?")
    missing = next(one for one in asked(project, "sizes") if '"size": null' in one.media[0].file.read_text())
    assert "size:" not in model.prompt(missing, view="classify")


def test_majority_may_be_asked_about_files_and_knows_only_its_own_domain(project: Project) -> None:
    _, model = trained(project, "majority", "sizes")
    domain = PreparedDomain.open(project.prepared_folder("sizes"))
    suite, samples = ask_suite(project, "classification", subject=Subject(model, domain))
    assert suite.reason is None
    assert len({sample.answer for sample in samples}) == 1


def test_a_method_that_does_not_read_the_files_of_a_domain_is_refused_before_a_model_is_loaded(
    project: Project,
) -> None:
    record = train(project, RunKey("multimodal", "tabular_text", ("photos",), 0))
    assert record.status == "failed"
    assert record.reason == (
        "refused: multimodal/tabular_text reads text and table only; the view classify of photos has images"
    )
    record = train(project, RunKey("multimodal", "boosting", ("hs_products",), 0))
    assert record.reason == "refused: multimodal/boosting reads table; the view classify of hs_products has no files"
