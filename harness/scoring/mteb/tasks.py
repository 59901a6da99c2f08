"""Our texts as tasks of MTEB. Import this module late: it imports mteb, which takes seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datasets import Dataset, DatasetDict
from mteb.abstasks import (
    AbsTaskClassification,
    AbsTaskClustering,
    AbsTaskPairClassification,
    AbsTaskRetrieval,
    AbsTaskSTS,
)
from mteb.abstasks.task_metadata import TaskMetadata

from harness.scoring.mteb.text_pairs import HIGHEST, TextPair

Scores = Mapping[str, float]

TOP = 10
"""Number of places of a ranking that count."""


def _metadata(name: str, kind: str, *, main_score: str) -> TaskMetadata:
    return TaskMetadata(
        name=name,
        description="Texts of a domain of the harness.",
        type=kind,
        dataset={"path": "local", "revision": "1"},  # not looked up: the data are given
        eval_langs=["eng-Latn"],  # mteb requires one; nothing depends on it
        main_score=main_score,
    )


class DomainRetrieval(AbsTaskRetrieval):  # type: ignore[misc]
    """Find the one document that belongs to each query. Keeps the scores of every query, which mteb averages."""

    metadata = _metadata("DomainRetrieval", "Retrieval", main_score="ndcg_at_10")
    k_values = (1, TOP)

    def __init__(self, *, queries: Mapping[str, str], corpus: Mapping[str, str], relevant: Mapping[str, str]) -> None:
        """`queries` and `corpus`: id -> text; `relevant`: query id -> document id."""
        super().__init__()
        self.dataset = {
            "default": {
                "test": {
                    "queries": _table(queries),
                    "corpus": _table(corpus),
                    "relevant_docs": {query: {document: 1} for query, document in relevant.items()},
                    "top_ranked": None,
                }
            }
        }
        self.data_loaded = True
        self.per_query: dict[str, dict[str, float]] = {}
        """Query id -> trec_eval measure (`ndcg_cut_10`, `recall_1`) -> value; empty before the evaluation."""
        self.first: dict[str, str] = {}
        """Query id -> id of the document ranked first."""

    def task_specific_scores(
        self,
        scores: Mapping[str, Mapping[str, float]],
        qrels: Any,
        results: Mapping[str, Mapping[str, float]],
        **_: Any,
    ) -> dict[str, float]:
        """mteb calls this so that a task can add scores; this task only keeps the scores of the queries."""
        self.per_query = {query: dict(measures) for query, measures in scores.items()}
        # trec_eval breaks ties by id, the larger id first
        self.first = {
            query: max(ranked, key=lambda document, of=ranked: (of[document], document))  # type: ignore[misc]
            for query, ranked in results.items()
        }
        return {}


class DomainClassification(AbsTaskClassification):  # type: ignore[misc]
    """Logistic regression on the vectors of a few training texts per label, as in MTEB, but fitted only once."""

    metadata = _metadata("DomainClassification", "Classification", main_score="accuracy")
    samples_per_label = 8
    n_experiments = 1  # MTEB's ten would read four times as many training texts

    def __init__(self, *, train: Sequence[tuple[str, int]], test: Sequence[tuple[str, int]]) -> None:
        """Texts with their labels as numbers. mteb draws the training texts, the same ones for every model."""
        super().__init__()
        self.dataset = DatasetDict(
            {"train": _labelled(train, "text", "label"), "test": _labelled(test, "text", "label")}
        )
        self.data_loaded = True


class DomainClustering(AbsTaskClustering):  # type: ignore[misc]
    """k-means with one cluster per label, on ten samples with replacement, each as large as the collection."""

    metadata = _metadata("DomainClustering", "Clustering", main_score="v_measure")
    max_fraction_of_documents_to_embed = None  # by default only 4 % of the documents

    def __init__(self, texts: Sequence[tuple[str, int]]) -> None:
        super().__init__()
        self.dataset = DatasetDict({"test": _labelled(texts, "sentences", "labels")})
        self.data_loaded = True
        self.max_documents_per_cluster = len(texts)


class DomainPairs(AbsTaskPairClassification):  # type: ignore[misc]
    """Do two texts have the same label (1) or not (0)? Scored by the order of similarities, without a threshold."""

    metadata = _metadata("DomainPairs", "PairClassification", main_score="cosine_ap")

    def __init__(self, pairs: Sequence[TextPair]) -> None:
        super().__init__()
        self.dataset = DatasetDict({"test": _paired(pairs, "labels")})
        self.data_loaded = True


class DomainSTS(AbsTaskSTS):  # type: ignore[misc]
    """Does similarity grow with nearness in the domain's taxonomy?"""

    metadata = _metadata("DomainSTS", "STS", main_score="cosine_spearman")
    max_score = HIGHEST

    def __init__(self, pairs: Sequence[TextPair]) -> None:
        super().__init__()
        self.dataset = DatasetDict({"test": _paired(pairs, "score")})
        self.data_loaded = True


def _table(texts: Mapping[str, str]) -> Dataset:
    return Dataset.from_dict({"id": list(texts), "text": list(texts.values())})


def _labelled(texts: Sequence[tuple[str, int]], text: str, label: str) -> Dataset:
    return Dataset.from_dict({text: [one for one, _ in texts], label: [number for _, number in texts]})


def _paired(pairs: Sequence[TextPair], value: str) -> Dataset:
    return Dataset.from_dict(
        {
            "sentence1": [pair.first for pair in pairs],
            "sentence2": [pair.second for pair in pairs],
            value: [pair.value for pair in pairs],
        }
    )
