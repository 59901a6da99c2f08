from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from harness.items.rows import Pair
from harness.models.loaded import LanguageModel
from harness.scoring.contract import SuiteRun
from harness.scoring.kinds.embedding_retrieval import MEASURES, EmbeddingRetrieval, corpus
from tests.scoring.vector_models import Chosen


def pair(name: str, anchor: str, positive: str, negatives: Sequence[str] = ()) -> Pair:
    return Pair(name, "test", f"cluster {name}", anchor=anchor, positive=positive, negatives=tuple(negatives))


PAIRS = [pair("1", "fish?", "fish", ["frozen fish", "soup"]), pair("2", "cow?", "cow", ["beef"])]
VECTORS = {
    "fish?": (1.0, 0.0),
    "fish": (0.9, 0.1),
    "frozen fish": (0.5, 0.5),
    "cow?": (0.0, 1.0),
    "cow": (0.5, 0.6),
    "beef": (0.0, 1.0),  # nearer than the right one
}


def run_of(pairs: Sequence[Pair], *, metric: str = "ndcg_at_10") -> SuiteRun:
    return SuiteRun("embedding_retrieval", "pairs", pairs, batch_size=2, metric=metric)


def test_each_query_has_the_ndcg_of_its_own_ranking() -> None:
    asked = EmbeddingRetrieval().ask(Chosen(VECTORS), run_of(PAIRS))
    first, second = asked.samples
    assert (first.item_id, first.cluster, first.gold, first.answer) == ("1", "cluster 1", "fish", "fish")
    assert first.correct == 1
    assert (second.gold, second.answer) == ("cow", "beef")
    assert second.correct == pytest.approx(1 / math.log2(3))  # second place


@pytest.mark.parametrize("metric", MEASURES)
def test_the_mean_of_the_samples_is_the_metric_and_what_mteb_says(monkeypatch: pytest.MonkeyPatch, metric: str) -> None:
    from harness.scoring.mteb import model as mteb_model

    said = {}
    own = mteb_model.evaluate

    def listen(*args: object, **more: object) -> object:
        found = own(*args, **more)  # type: ignore[arg-type]
        said.update(found["DomainRetrieval"]["test"][0])
        return found

    monkeypatch.setattr(mteb_model, "evaluate", listen)
    run = run_of(PAIRS, metric=metric)
    asked = EmbeddingRetrieval().ask(Chosen(VECTORS), run)
    value = EmbeddingRetrieval().aggregate(asked, run)[metric].value
    assert value == pytest.approx(sum(sample.correct for sample in asked.samples) / 2)
    assert value == pytest.approx(said[metric], abs=1e-5)  # rounded by mteb


def test_the_corpus_holds_right_texts_and_the_hardest_distractors_once() -> None:
    repeated = [*PAIRS, pair("3", "calf?", "cow", ["fish"])]
    assert list(corpus(repeated)) == ["fish", "frozen fish", "cow", "beef"]
    assert len(set(corpus(repeated).values())) == 4


def test_texts_longer_than_the_model_reads_are_counted() -> None:
    assert EmbeddingRetrieval().ask(Chosen(VECTORS), run_of(PAIRS)).truncated == 1  # "frozen fish"


def test_a_language_model_is_asked_by_its_mean_pooled_states(tiny_lm: LanguageModel) -> None:
    run = run_of(PAIRS)
    asked = EmbeddingRetrieval().ask(tiny_lm, run)
    assert [sample.item_id for sample in asked.samples] == ["1", "2"]
    assert all(0 <= sample.correct <= 1 for sample in asked.samples)
    assert EmbeddingRetrieval().ask(tiny_lm, run) == asked
    assert set(tiny_lm.vectors) == {text for pair in PAIRS for text in (pair.anchor, pair.positive, pair.negatives[0])}
