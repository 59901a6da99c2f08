"""How well do the vectors of texts separate their labels?"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from harness.errors import RunFailed
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.contract import Sample, SuiteKind, SuiteResult, SuiteRun
from harness.scoring.measures.accuracy import ACCURACY
from harness.scoring.measures.mean import mean
from harness.scoring.metric_spec import MetricSpec
from harness.scoring.mteb.text_pairs import TextPair, graded_pairs, label_pairs

if TYPE_CHECKING:
    from harness.scoring.mteb.tasks import DomainClassification

MTEB_SCORES = {
    "v_measure": ("DomainClustering", "v_measure"),
    "ami": ("DomainClustering", "ami"),
    "average_precision": ("DomainPairs", "cosine_ap"),
    "spearman": ("DomainSTS", "cosine_spearman"),
}
"""Metric of all items together -> task, and MTEB's name of its score."""


class EmbeddingLabels(SuiteKind):
    """MTEB's classification, clustering, pair classification and STS on the domain's labelled items.

    `accuracy` is that of a logistic regression on the vectors of eight training texts of each label. `v_measure` and
    `ami` judge k-means clusters. `average_precision` judges how well nearness tells pairs of one label from pairs of
    two labels. `spearman` compares nearness of vectors with nearness in the taxonomy (`graded_pairs`). Each distinct
    text is embedded once.
    """

    asks = frozenset({"embeddings"})
    reads_domain = True
    metrics: ClassVar = {
        "accuracy": ACCURACY,
        "v_measure": MetricSpec(explanation="How well clusters of vectors agree with the labels (V-measure)."),
        "ami": MetricSpec(
            explanation="How well clusters of vectors agree with the labels, where 0 is chance (adjusted mutual "
            "information)."
        ),
        "average_precision": MetricSpec(
            explanation="Average precision of telling pairs of one label from pairs of two labels by the nearness of "
            "their vectors; 50 % is guessing."
        ),
        "spearman": MetricSpec(
            explanation="Rank correlation (Spearman) of nearness in vectors with nearness in the taxonomy.",
            unit="score",
            signed=True,
        ),
    }

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct` and `answer` are those of the classifier.

        Raises:
            RunFailed: the training items or the questions have fewer than two labels.
        """
        from harness.scoring.mteb.model import MtebEncoder, evaluate
        from harness.scoring.mteb.tasks import DomainClassification, DomainClustering, DomainPairs, DomainSTS

        labels, train, test = _numbered(run)
        pairs, graded = label_pairs(run.questions, seed=run.seed), graded_pairs(run.questions, seed=run.seed)
        encoder = MtebEncoder(model, known=model.vectors, batch_size=run.batch_size)
        classification = DomainClassification(train=train, test=test)
        tasks = [classification, DomainClustering(test)]
        tasks += [task(found) for task, found in ((DomainPairs, pairs), (DomainSTS, graded)) if _varies(found)]
        with tempfile.TemporaryDirectory() as folder:
            scores = evaluate(encoder, tasks, predictions=Path(folder))
            predicted = _predicted(classification, Path(folder))
        samples = [
            Sample(
                item_id=question.id,
                cluster=question.cluster,
                gold=question.answer,
                answer=labels[number],
                correct=float(labels[number] == question.answer),
            )
            for question, number in zip(run.questions, predicted, strict=True)
        ]
        sizes = {"DomainClustering": len(test), "DomainPairs": len(pairs), "DomainSTS": len(graded)}
        figures = {
            name: Metric(value=float(scores[task]["test"][0][score]) if task in scores else None, n=sizes[task])
            for name, (task, score) in MTEB_SCORES.items()
        }
        return SuiteResult(samples, truncated=encoder.truncated, figures=figures)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Accuracy over the items, and MTEB's figures of all items together."""
        return {"accuracy": mean([sample.correct for sample in asked.samples]), **asked.figures}


def _numbered(run: SuiteRun) -> tuple[list[str], list[tuple[str, int]], list[tuple[str, int]]]:
    """All labels, sorted; (text, index of its label) of the training items and of the questions."""
    rows = run.domain.questions(run.view, "train") if run.domain else []
    labels = sorted({row.answer for row in [*rows, *run.questions]})
    if len({row.answer for row in rows}) < 2 or len({row.answer for row in run.questions}) < 2:
        raise RunFailed("not applicable: a classifier on vectors needs training items and questions of two labels")
    place = {label: number for number, label in enumerate(labels)}
    train, test = ([(row.text, place[row.answer]) for row in part] for part in (rows, list(run.questions)))
    return labels, train, test


def _varies(pairs: Sequence[TextPair]) -> bool:
    """Whether the pairs have different values, so that there is something to tell apart."""
    return len({pair.value for pair in pairs}) > 1


def _predicted(task: DomainClassification, folder: Path) -> list[int]:
    """The index of the label that the only fitted classifier gave each test item."""
    saved = json.loads((folder / task.prediction_file_name).read_text(encoding="utf-8"))
    (numbers,) = saved["default"]["test"]
    return [int(number) for number in numbers]
