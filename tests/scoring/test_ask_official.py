from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from harness.config.project import Project
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.models.loaded import LabelClassifier, LanguageModel
from harness.records.run_record import Metric
from harness.scoring.ask_official import ask_official
from harness.scoring.contract import Sample
from harness.scoring.official import Official
from tests.scoring.conftest import MakeDomain

ASKED = Official(
    metric="acc",
    metrics={"acc": Metric(value=0.5, n=2)},
    samples=[Sample("1", "1", "a", "a", 1.0), Sample("2", "2", "a", "b", 0.0)],
    version="lm-eval 0, arc_easy 1, 0 shots",
)


class Knows(LabelClassifier):
    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> Any:
        return np.zeros((len(texts), len(labels)))


@pytest.fixture
def project(project: Project) -> Project:
    params = project.root / "params.yaml"
    text = params.read_text().replace("{lm_eval: [], mteb: []}", "{lm_eval: [arc_easy, gone], mteb: []}")
    params.write_text(text)
    return Project(project.root)


@pytest.fixture
def law(make_domain: MakeDomain) -> PreparedDomain:
    question = Question(id="q", split="test", cluster="c", text="t", prompt="p", choices=(), answer="a")
    return make_domain({"answer": [question]})


def test_each_task_is_a_suite_and_one_that_cannot_be_had_has_no_protocol(
    project: Project, law: PreparedDomain, tiny_lm: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(model: LanguageModel, names: Sequence[str], **_: Any) -> dict[str, Official]:
        assert model is tiny_lm
        return {"arc_easy": ASKED, "gone": Official(reason="unavailable: no hub")}

    monkeypatch.setattr("harness.scoring.lm_eval.official.ask_official_lm_eval", ask)
    (score, samples), (gone, nothing) = ask_official(project, tiny_lm, [law])
    assert (score.suite, score.kind, score.column, score.primary, score.domain) == (
        "arc_easy",
        "lm_eval",
        "official",
        "acc",
        "law",
    )
    assert len(score.protocol_hash) == 64
    assert samples == ASKED.samples
    assert (gone.reason, gone.protocol_hash, gone.metrics, nothing) == ("unavailable: no hub", "", {}, [])


def test_a_model_that_does_not_write_is_not_asked(project: Project, law: PreparedDomain) -> None:
    scored = ask_official(project, Knows(), [law])
    assert {score.reason for score, _ in scored} == {"not applicable: this model only predicts labels"}


def test_without_names_nothing_is_asked(law: PreparedDomain, prepared: Project, tiny_lm: LanguageModel) -> None:
    assert ask_official(prepared, tiny_lm, [law]) == []
