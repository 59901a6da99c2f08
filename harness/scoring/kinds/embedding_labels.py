"""Do vectors of texts tell their labels apart?"""

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
from harness.scoring.mteb.text_pairs import TextPair, graded_pairs, label_pairs

if TYPE_CHECKING:
    from harness.scoring.mteb.tasks import DomainClassification

OF_TASKS = {
    "v_measure": ("DomainClustering", "v_measure"),
    "ami": ("DomainClustering", "ami"),
    "average_precision": ("DomainPairs", "cosine_ap"),
    "spearman": ("DomainSTS", "cosine_spearman"),
}
"""Our metrics that no item has a share of -> task, and mteb's name of its score."""


class EmbeddingLabels(SuiteKind):
    """MTEB's classification, clustering, pair classification and STS on the domain's labelled items.

    `accuracy`: of a logistic regression on the vectors of eight training texts of each label. `v_measure`, and `ami`
    which is 0 for chance: of k-means. `average_precision`: telling pairs of one label from pairs of two; 0.5 is chance.
    `spearman`: of similarity with nearness in the taxonomy (`graded_pairs`). Each distinct text is embedded once.
    """

    asks = frozenset({"embeddings"})
    metrics: ClassVar = {"accuracy": 1, **dict.fromkeys(OF_TASKS, 1)}

    def ask(self, model: LoadedModel, run: SuiteRun) -> SuiteResult:
        """`correct` and `answer` are the classifier's.

        Raises:
            RunFailed: the domain has too few labels, or no training items of them.
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
            for name, (task, score) in OF_TASKS.items()
        }
        return SuiteResult(samples, truncated=encoder.truncated, figures=figures)

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        """Accuracy over the items, beside what mteb says of all of them at once."""
        n = len(asked.samples)
        accuracy = Metric(value=sum(sample.correct for sample in asked.samples) / n, n=n)
        return {"accuracy": accuracy, **asked.figures}


def _numbered(run: SuiteRun) -> tuple[list[str], list[tuple[str, int]], list[tuple[str, int]]]:
    """All labels, sorted; texts of the training items and of the questions with the label's place among them."""
    rows = run.domain.questions(run.view, "train") if run.domain else []
    labels = sorted({row.answer for row in [*rows, *run.questions]})
    if len({row.answer for row in rows}) < 2 or len({row.answer for row in run.questions}) < 2:
        raise RunFailed("a classifier on vectors needs training items and questions of two labels or more")
    place = {label: number for number, label in enumerate(labels)}
    train, test = ([(row.text, place[row.answer]) for row in part] for part in (rows, list(run.questions)))
    return labels, train, test


def _varies(pairs: Sequence[TextPair]) -> bool:
    """Whether there is anything to tell apart: not where no two items share a label."""
    return len({pair.value for pair in pairs}) > 1


def _predicted(task: DomainClassification, folder: Path) -> list[int]:
    """The label of each test item by the only classifier that was fitted."""
    saved = json.loads((folder / task.prediction_file_name).read_text(encoding="utf-8"))
    (numbers,) = saved["default"]["test"]
    return [int(number) for number in numbers]
