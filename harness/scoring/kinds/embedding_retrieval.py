"""Does a query's vector lie nearest to the vector of the text that belongs to it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from harness.items.rows import Pair
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.mean import mean
from harness.scoring.metric_spec import MetricSpec

MEASURES = {"ndcg_at_10": "ndcg_cut_10", "recall_at_1": "recall_1", "recall_at_10": "recall_10"}
"""Metric, named as in MTEB -> its name in trec_eval."""

DISTRACTORS = 1
"""How many of each pair's negatives, the hardest first, join the corpus beside the right documents of all pairs. Each
further one would cost a language model a third of its time."""


class EmbeddingRetrieval(SuiteKind):
    """MTEB's retrieval on the domain's pairs: the anchor is the query, and only its own positive is right.

    The corpus holds the positives of all pairs that are asked and the hardest negative of each, every distinct text
    once. With fewer items the corpus is smaller and the task easier.
    """

    row = Pair
    asks = frozenset({"embeddings"})
    metrics: ClassVar = {
        "ndcg_at_10": MetricSpec(
            explanation="How high the right text ranks among the ten nearest (nDCG@10): 1 in first place, 0 if it is "
            "not among them.",
            averaged_over="items",
        ),
        "recall_at_1": MetricSpec(
            explanation="Share of queries whose nearest text is the right one.", averaged_over="items"
        ),
        "recall_at_10": MetricSpec(
            explanation="Share of queries with the right text among the ten nearest.", averaged_over="items"
        ),
    }

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct` is the query's value of the suite's metric; `answer` is the nearest document."""
        from harness.scoring.mteb.model import MtebEncoder, evaluate
        from harness.scoring.mteb.tasks import DomainRetrieval

        pairs: Sequence[Pair] = run.questions
        documents = corpus(pairs)
        task = DomainRetrieval(
            queries={pair.id: pair.anchor for pair in pairs},
            corpus={place: text for text, place in documents.items()},
            relevant={pair.id: documents[pair.positive] for pair in pairs},
        )
        encoder = MtebEncoder(model, known=model.vectors, batch_size=run.batch_size)
        evaluate(encoder, [task])
        text_of = {place: text for text, place in documents.items()}
        samples = [
            Sample(
                item_id=pair.id,
                cluster=pair.cluster,
                gold=pair.positive,
                answer=text_of[task.first[pair.id]],
                correct=task.per_query[pair.id][MEASURES[run.metric]],
            )
            for pair in pairs
        ]
        figures = {
            name: mean([task.per_query[pair.id][measure] for pair in pairs]) for name, measure in MEASURES.items()
        }
        return SuiteResult(samples, truncated=encoder.truncated, figures=figures)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """The means over queries, which `ask` computed from trec_eval's figures of each query."""
        return dict(asked.figures)


def corpus(pairs: Sequence[Pair]) -> dict[str, str]:
    """Document -> its id: all positives and the hardest negatives, each distinct text once."""
    texts = dict.fromkeys(text for pair in pairs for text in (pair.positive, *pair.negatives[:DISTRACTORS]))
    return {text: f"document-{place:06}" for place, text in enumerate(texts)}
