from __future__ import annotations

from pathlib import Path

import pytest

from harness.items.rows import Pair
from harness.models.loaded import LanguageModel
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.embedding_retrieval import EmbeddingRetrieval
from tests.scoring.vector_models import Chosen

PAIRS = [Pair("1", "test", "1", "fish?", "fish", ("cow",)), Pair("2", "test", "2", "cow?", "cow", ("fish",))]
NEAR = {"fish?": (1.0, 0.0), "fish": (1.0, 0.1), "cow?": (0.0, 1.0), "cow": (0.1, 1.0)}
FAR = {"fish?": (1.0, 0.0), "fish": (0.1, 1.0), "cow?": (0.0, 1.0), "cow": (1.0, 0.1)}


def score(model: Chosen) -> float:
    run = SuiteRun("retrieval", "pairs", PAIRS, batch_size=2, metric="recall_at_1")
    return sum(sample.correct for sample in EmbeddingRetrieval().ask(model, run).samples) / len(PAIRS)


def test_no_model_gets_the_scores_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path))
    assert [score(Chosen(vectors)) for vectors in (NEAR, FAR, NEAR)] == [1, 0, 1]
    assert not list(tmp_path.rglob("*.json"))


def test_other_weights_are_another_name_and_the_same_weights_the_same(tiny_lm: LanguageModel) -> None:
    import torch

    from harness.scoring.mteb.model import MtebEncoder

    def name() -> str:
        return str(MtebEncoder(tiny_lm, known={}, batch_size=4).mteb_model_meta.name)

    before = name()
    assert name() == before
    with torch.no_grad():
        tiny_lm.model.model.layers[0].self_attn.q_proj.weight.mul_(1.01)
    assert name() != before
