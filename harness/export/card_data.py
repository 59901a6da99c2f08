"""The head of README.md: facts that the Hugging Face hub reads, with `model-index` for the scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.export.layouts import Exported, Layout
from harness.export.scores import Facts
from harness.records.run_record import RunRecord

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

HUB_LICENCES = frozenset(
    [
        "apache-2.0",
        "mit",
        "bsd-2-clause",
        "bsd-3-clause",
        "cc0-1.0",
        "cc-by-4.0",
        "cc-by-sa-3.0",
        "cc-by-sa-4.0",
        "cc-by-nc-4.0",
        "cc-by-nc-sa-4.0",
        "gpl-2.0",
        "gpl-3.0",
        "lgpl-2.1",
        "lgpl-3.0",
        "agpl-3.0",
        "mpl-2.0",
        "openrail",
        "llama2",
        "llama3",
        "llama3.1",
        "llama3.2",
        "llama3.3",
        "gemma",
    ]
)
"""Identifiers that the hub knows, in its spelling; any other licence is `other`, with its name beside it."""

TASKS = {
    "classification": "text-classification",
    "embedding_retrieval": "text-retrieval",
    "embedding_labels": "feature-extraction",
    "preference": "text-ranking",
}
"""Kind of suite -> task of the hub."""
OTHER_TASK = "text-generation"


def card_data(
    layout: Layout, exported: Exported, *, record: RunRecord, facts: Facts, base_repo: str | None, licence: str | None
) -> str:
    """The YAML between the two lines `---`.

    Args:
        layout: of the saved model.
        exported: the folder.
        record: of the training.
        facts: scores and data.
        base_repo: repository of the pretrained model on the hub; null if it does not come from there.
        licence: SPDX identifier of the pretrained model's licence; null if that is not known.
    """
    from huggingface_hub import ModelCardData

    known = (licence or "").lower()
    learnt = [facts.data[name] for name in record.domains if name in facts.data]
    results = list(_results(facts))
    data = ModelCardData(
        language=sorted({one.domain.language for one in learnt}) or None,
        license=known if known in HUB_LICENCES else "other" if known else None,
        license_name=licence if known and known not in HUB_LICENCES else None,
        library_name=layout.library,
        pipeline_tag=layout.task,
        base_model=base_repo,
        datasets=[one.on_hub.repo for one in learnt if one.on_hub] or None,
        tags=["finetune-harness", record.family, record.recipe],
        model_name=record.run_id if results else None,  # a key of the card only with results
        eval_results=results or None,
    )
    if base_repo:
        data["base_model_relation"] = "adapter" if layout.needs_base and exported.base is not None else "finetune"
    return data.to_yaml()


def _results(facts: Facts) -> Iterator[EvalResult]:
    """Every metric of every suite. `config` is the suite, so that each suite is a result of its own."""
    from huggingface_hub import EvalResult

    for score in facts.scores:
        data = facts.data.get(score.domain)
        for name, metric in score.metrics.items():
            if metric.value is None:
                continue
            yield EvalResult(
                task_type=TASKS.get(score.kind, OTHER_TASK),
                task_name=facts.title(score.suite),
                dataset_type=data.on_hub.repo if data and data.on_hub else score.domain,
                dataset_name=data.domain.title if data else score.domain,
                dataset_config=score.suite,
                dataset_split="test",
                dataset_revision=data.on_hub.revision if data and data.on_hub else None,
                metric_type=name,
                metric_value=round(metric.value, 6),
                metric_args={"items": metric.n},
            )
