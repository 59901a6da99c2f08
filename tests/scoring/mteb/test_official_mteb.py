from __future__ import annotations

import sys
from typing import Any

import pytest

from harness.scoring.mteb.official import ask_official_mteb
from harness.scoring.official import Official
from tests.scoring.vector_models import Chosen

VECTORS = {
    "fish?": (1.0, 0.0),
    "fish": (1.0, 0.1),
    "cow?": (0.0, 1.0),
    "cow": (0.6, 0.6),
    "beef": (0.1, 1.0),
}


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make a class one of MTEB's own tasks; its data come when it is asked to load them."""
    import mteb  # noqa: F401

    registry = sys.modules["mteb.get_tasks"]._TASKS_REGISTRY

    def add(base: type, made: Any, *, name: str, main_score: str, **more: Any) -> None:
        from mteb.abstasks.task_metadata import TaskMetadata

        def load_data(task: Any, num_proc: int | None = None, **_: Any) -> None:
            task.dataset, task.data_loaded = made, True

        metadata = TaskMetadata(
            name=name,
            description="Invented.",
            type={"AbsTaskSTS": "STS", "AbsTaskRetrieval": "Retrieval"}.get(base.__name__, "Classification"),
            dataset={"path": "invented/data", "revision": "abc123"},
            eval_langs=["eng-Latn"],
            main_score=main_score,
        )
        body = {"metadata": metadata, "load_data": load_data, **more}
        monkeypatch.setitem(registry, name, type(name, (base,), body))

    return add


def ask(*names: str) -> dict[str, Official]:
    return ask_official_mteb(Chosen(VECTORS), names, batch_size=4)


def retrieval() -> dict[str, Any]:
    from datasets import Dataset

    def table(**texts: str) -> Any:
        return Dataset.from_dict({"id": list(texts), "text": list(texts.values())})

    return {
        "default": {
            "test": {
                "corpus": table(a="fish", b="cow", c="beef"),
                "queries": table(q1="fish?", q2="cow?"),
                "relevant_docs": {"q1": {"a": 1}, "q2": {"b": 1}},
                "top_ranked": None,
            }
        }
    }


def test_a_retrieval_task_keeps_every_query(register: Any) -> None:
    from mteb.abstasks import AbsTaskRetrieval

    register(AbsTaskRetrieval, retrieval(), name="LocalRetrieval", main_score="ndcg_at_10")
    found = ask("LocalRetrieval")["LocalRetrieval"]
    assert found.reason is None
    assert found.metric == "ndcg_at_10"
    assert [sample.item_id for sample in found.samples] == ["default/test/q1", "default/test/q2"]
    assert [round(sample.correct, 3) for sample in found.samples] == [1.0, 0.631]
    assert found.metrics["ndcg_at_10"].n == 2
    assert found.metrics["ndcg_at_10"].value == pytest.approx(sum(s.correct for s in found.samples) / 2, abs=1e-4)
    assert found.version.startswith("mteb ")
    assert found.version.endswith("data abc123")


def test_a_classification_keeps_the_share_of_classifiers_that_are_right_about_each_text(register: Any) -> None:
    from datasets import Dataset, DatasetDict
    from mteb.abstasks import AbsTaskClassification

    texts = ["fish?", "fish", "cow?", "beef"]
    data = DatasetDict(
        {
            "train": Dataset.from_dict({"text": texts, "label": [0, 0, 1, 1]}),
            "test": Dataset.from_dict({"text": [*texts, "fish"], "label": [0, 0, 1, 1, 1]}),
        }
    )
    register(AbsTaskClassification, data, name="LocalClassification", main_score="accuracy")
    found = ask("LocalClassification")["LocalClassification"]
    assert [sample.correct for sample in found.samples] == [1, 1, 1, 1, 0]  # the last label is wrong
    assert found.metrics["accuracy"].value == pytest.approx(0.8)
    assert found.metrics["accuracy"].n == 5


def test_a_task_whose_score_is_no_mean_has_no_samples(register: Any) -> None:
    from datasets import Dataset, DatasetDict
    from mteb.abstasks import AbsTaskSTS

    pairs = {"sentence1": ["fish?", "cow?", "fish?"], "sentence2": ["fish", "cow", "beef"], "score": [5.0, 3.0, 0.0]}
    register(AbsTaskSTS, DatasetDict({"test": Dataset.from_dict(pairs)}), name="LocalSTS", main_score="cosine_spearman")
    found = ask("LocalSTS")["LocalSTS"]
    assert found.metrics["cosine_spearman"].value == pytest.approx(1)
    assert found.metrics["cosine_spearman"].n == 3
    assert found.samples == []


def test_tasks_that_cannot_be_had_say_why_and_the_others_run(
    register: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    import datasets.config
    from mteb.abstasks import AbsTaskRetrieval

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    assert datasets.config.HF_HUB_OFFLINE  # the tests never look anything up
    register(AbsTaskRetrieval, retrieval(), name="LocalRetrieval", main_score="ndcg_at_10")
    found = ask("STSBenchmrk", "STSBenchmark", "qqqqqqqq", "LocalRetrieval")
    assert list(found) == ["STSBenchmrk", "STSBenchmark", "qqqqqqqq", "LocalRetrieval"]
    assert found["STSBenchmrk"].reason == 'unavailable: MTEB has no task "STSBenchmrk"; did you mean "STSBenchmark"?'
    assert found["qqqqqqqq"].reason == 'unavailable: MTEB has no task "qqqqqqqq"'
    offline = found["STSBenchmark"].reason or ""
    assert offline.startswith("unavailable: ")
    assert "\n" not in offline
    assert (found["STSBenchmark"].metrics, found["STSBenchmark"].samples) == ({}, [])
    assert found["LocalRetrieval"].reason is None


def test_tasks_about_images_are_refused_before_anything_is_loaded() -> None:
    reason = ask("MNISTZeroShot")["MNISTZeroShot"].reason or ""
    assert reason.startswith("unavailable: it has ")
    assert "only tasks of text are supported" in reason


def test_a_model_that_gives_no_numbers_is_a_reason(register: Any, tiny_lm: Any) -> None:
    import torch
    from mteb.abstasks import AbsTaskRetrieval

    register(AbsTaskRetrieval, retrieval(), name="LocalRetrieval", main_score="ndcg_at_10")
    with torch.no_grad():
        tiny_lm.model.model.norm.weight.fill_(float("nan"))
    found = ask_official_mteb(tiny_lm, ["LocalRetrieval"], batch_size=4)["LocalRetrieval"]
    assert (found.reason, found.metrics) == ("the model's hidden states are not finite numbers", {})
