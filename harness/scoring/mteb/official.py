"""Score a model on tasks that MTEB defines."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import RunFailed, did_you_mean
from harness.models.loaded import LoadedModel
from harness.records.run_record import Metric
from harness.scoring.contract import Sample
from harness.scoring.official import UNAVAILABLE, Official

PER_QUERY = {"ndcg_at_": "ndcg_cut_", "recall_at_": "recall_", "map_at_": "map_cut_", "hit_rate_at_": "success_"}
"""Beginning of a main score's name that is a mean over queries -> trec_eval's name of the same measure of one query."""

_SAME = 5e-4  # largest difference between the mean of the samples and the main score, which mteb rounds


def ask_official_mteb(model: LoadedModel, names: Sequence[str], *, batch_size: int) -> dict[str, Official]:
    """Score a model with the ability `embeddings` on each task; a task that is not available gets a reason.

    Data come from the hub, or from the cache of `datasets`. With HF_HUB_OFFLINE=1, which the harness sets unless it is
    set already, they come only from the cache. Results are computed anew every time.
    """
    return {name: _ask(model, name, batch_size=batch_size) for name in names}


def _ask(model: LoadedModel, name: str, *, batch_size: int) -> Official:
    from harness.scoring.mteb.model import MtebEncoder, evaluate

    task, reason = _probe(name)
    if task is None:
        return Official(reason=f"{UNAVAILABLE}{reason}")
    metric, version = str(task.metadata.main_score), _version(task)
    per_query = _listen(task)
    try:
        # vectors are kept for this task only: some tasks have millions of texts
        encoder = MtebEncoder(model, known={}, batch_size=batch_size)
        with tempfile.TemporaryDirectory() as folder:
            scores = evaluate(encoder, [task], predictions=Path(folder))[task.metadata.name]
            predicted = _predictions(task, Path(folder))
    except RunFailed as error:
        return Official(metric=metric, version=version, reason=error.what)
    subsets = [subset["main_score"] for split in scores.values() for subset in split]
    value = sum(subsets) / len(subsets)
    samples = _of_queries(per_query, metric) or _of_texts(task, predicted, metric)
    mean = sum(sample.correct for sample in samples) / len(samples) if samples else None
    return Official(
        metric=metric,
        metrics={metric: Metric(value=float(value), n=len(samples) or _size(task))},
        # mteb takes the mean of subsets, so that items of small subsets count more; then there are no samples
        samples=samples if mean is not None and abs(mean - value) < _SAME else [],
        version=version,
    )


def _probe(name: str) -> tuple[Any, str]:
    """The task with its data; or null, and the reason on one line."""
    from mteb.get_tasks import TASK_LIST, get_task

    try:
        task = get_task(name)
    except KeyError:
        near = did_you_mean(name, [known.metadata.name for known in TASK_LIST])
        return None, f'MTEB has no task "{name}"' + (f"; {near}" if near.startswith("did you mean") else "")
    if task.is_aggregate:
        return None, "it consists of several tasks; name these tasks"
    if list(task.modalities) != ["text"]:
        return None, f"it has {', '.join(task.modalities)}, and only tasks of text are supported"
    try:
        task.load_data()
    # the hub raises OSErrors; the others come from data sets with a script of their own and from incomplete caches
    except (OSError, ValueError, RuntimeError) as error:
        return None, " ".join(f"{type(error).__name__}: {error}".split())
    return task, ""


def _version(task: Any) -> str:
    import mteb

    return f"mteb {mteb.__version__}, data {task.metadata.dataset.get('revision')}"


def _listen(task: Any) -> dict[tuple[str, str], dict[str, dict[str, float]]]:
    """(subset, split) -> query id -> measure -> value, filled while the task runs; stays empty unless it is retrieval.

    mteb averages over queries and does not return their values; it passes them to `task_specific_scores`.
    """
    heard: dict[tuple[str, str], dict[str, dict[str, float]]] = {}
    if hasattr(task, "task_specific_scores"):
        own = task.task_specific_scores

        def listen(scores: Mapping[str, Any], *args: Any, hf_split: str, hf_subset: str, **more: Any) -> Any:
            heard[hf_subset, hf_split] = {query: dict(measures) for query, measures in scores.items()}
            return own(scores, *args, hf_split=hf_split, hf_subset=hf_subset, **more)

        task.task_specific_scores = listen
    return heard


def _predictions(task: Any, folder: Path) -> dict[str, Any]:
    """Subset -> split -> the predictions that the task saved; empty if it saves none."""
    path = folder / task.prediction_file_name
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    found.pop("mteb_model_meta", None)
    return found


def _of_queries(heard: Mapping[tuple[str, str], Mapping[str, Mapping[str, float]]], metric: str) -> list[Sample]:
    """One sample per query, if the main score is a mean over queries."""
    measures = [ours + metric.removeprefix(theirs) for theirs, ours in PER_QUERY.items() if metric.startswith(theirs)]
    return [
        Sample(item_id=item, cluster=item, gold="", answer="", correct=float(scores[measure]))
        for measure in measures
        for (subset, split), queries in sorted(heard.items())
        for query, scores in sorted(queries.items())
        if (item := f"{subset}/{split}/{query}")
    ]


def _of_texts(task: Any, predicted: Mapping[str, Any], metric: str) -> list[Sample]:
    """One sample per text of a classification: the share of mteb's classifiers that classify it correctly."""
    from mteb.abstasks import AbsTaskClassification

    if not isinstance(task, AbsTaskClassification) or metric != "accuracy" or task.is_cross_validation:
        return []
    samples = []
    for subset, splits in sorted(predicted.items()):
        for split, experiments in sorted(splits.items()):
            gold = _part(task, subset, split)[task.label_column_name]
            for place, label in enumerate(gold):
                answers = [row[place] for row in experiments]
                item = f"{subset}/{split}/{place}"
                right = sum(answer == label for answer in answers) / len(answers)
                samples.append(Sample(item, item, gold=str(label), answer=str(answers[0]), correct=right))
    return samples


def _part(task: Any, subset: str, split: str) -> Any:
    known = task.dataset
    return known[subset][split] if subset in known else known[split]


def _size(task: Any) -> int:
    """Number of rows, or of queries, in all subsets and splits that are evaluated."""
    parts = [_part(task, subset, split) for subset in task.hf_subsets for split in task.eval_splits]
    sizes = []
    for part in parts:
        if isinstance(part, dict) and "queries" in part:
            sizes.append(len(part["queries"]))
        elif len(part) == 1 and isinstance(first := next(iter(part[0].values())), list):
            sizes.append(len(first))  # older tasks keep all pairs in one row
        else:
            sizes.append(len(part))
    return sum(sizes)
