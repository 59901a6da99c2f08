"""Does a text's vector lie nearest to that of the text it belongs to?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from harness.items.rows import Pair
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun

MEASURES = {"ndcg_at_10": "ndcg_cut_10", "recall_at_1": "recall_1", "recall_at_10": "recall_10"}
"""Our metrics, named as MTEB does -> what trec_eval calls them. One document is right, so `recall_at_1` is the share
of queries that rank it first."""

DISTRACTORS = 1
"""Of each pair's negatives, the hardest, that stand in the corpus beside the right documents of all pairs: each one
more would cost a language model a third of its time."""


class EmbeddingRetrieval(SuiteKind):
    """MTEB's retrieval on the domain's pairs: query is the anchor, right is its positive alone.

    The corpus holds the positives of all pairs that are asked and the hardest negative of each, every distinct text
    once; so with fewer items it is smaller and the task easier.
    """

    row = Pair
    asks = frozenset({"embeddings"})
    metrics: ClassVar = dict.fromkeys(MEASURES, 1)

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct` is the query's value of the suite's metric; `answer` the document ranked first."""
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
            name: Metric(value=sum(task.per_query[pair.id][measure] for pair in pairs) / len(pairs), n=len(pairs))
            for name, measure in MEASURES.items()
        }
        return SuiteResult(samples, truncated=encoder.truncated, figures=figures)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Means over queries of what mteb's trec_eval says of each."""
        return dict(asked.figures)


def corpus(pairs: Sequence[Pair]) -> dict[str, str]:
    """Document -> its id; positives and the hardest negatives, each distinct text once."""
    texts = dict.fromkeys(text for pair in pairs for text in (pair.positive, *pair.negatives[:DISTRACTORS]))
    return {text: f"document-{place:06}" for place, text in enumerate(texts)}
