"""lm-eval's results for a task or a group of tasks, as our metrics and samples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from harness.errors import RunFailed
from harness.records.run_record import Metric
from harness.scoring.contract import Sample

SHOWN = 300
"""Characters that are kept of a right answer, and of the model's answer."""

_NO_METRIC = frozenset({"name", "alias", "sample_len", "sample_count"})
_SAME = 1e-6  # largest rounding difference between the mean of samples and a metric that is this mean


def main_metric(results: Mapping[str, Any], tasks: Sequence[str]) -> str:
    """lm-eval's key (`acc,none`) of the main metric: the first of the first task that all tasks have.

    Raises:
        RunFailed: the tasks have no metric in common.
    """
    first, *others = (_keys(results, task) for task in tasks)
    for key in first:
        if all(key in keys for keys in others):
            return key
    raise RunFailed("its tasks have no metric in common; name them one by one")


def shown_name(key: str) -> str:
    """`acc,none` -> `acc`. A filter of answers other than `none` is kept: `exact_match,strict-match`."""
    return key.removesuffix(",none")


def metrics_of(results: Mapping[str, Any], *, name: str, tasks: Sequence[str]) -> dict[str, Metric]:
    """The metrics that all the tasks have.

    If lm-eval reports the metric for the group `name`, that value is taken. Otherwise it is the mean of the tasks,
    weighted by their numbers of items, which is the mean over all items.
    """
    group = results.get("groups", {}).get(name, {})
    metrics = {}
    for key in _keys(results, tasks[0]):
        if not all(key in _keys(results, task) for task in tasks):
            continue
        sizes = [len(_records(results, task, key)) for task in tasks]
        values = [results["results"][task][key] for task in tasks]
        value = group.get(key, sum(v * n for v, n in zip(values, sizes, strict=True)) / max(sum(sizes), 1))
        metrics[shown_name(key)] = Metric(value=float(value) if math.isfinite(value) else None, n=sum(sizes))
    return metrics


def samples_of(results: Mapping[str, Any], *, key: str, tasks: Sequence[str], value: float | None) -> list[Sample]:
    """One sample per document. There are none unless every document has a value from 0 to 1, `value` is their mean, and
    higher is better."""
    metric = key.rsplit(",", 1)[0]
    if any(results["higher_is_better"].get(task, {}).get(metric) is False for task in tasks):
        return []
    samples = []
    for task in tasks:
        for record in _records(results, task, key):
            share = _number(record[metric])
            if share is None or not 0 <= share <= 1:
                return []
            samples.append(_sample(f"{task}:{record['doc_id']}", record, correct=share))
    mean = sum(sample.correct for sample in samples) / len(samples) if samples else None
    return samples if mean is not None and value is not None and abs(mean - value) < _SAME else []


def _keys(results: Mapping[str, Any], task: str) -> list[str]:
    """The task's metrics with their filters, in the order in which the task computes them."""
    found: Mapping[str, Any] = results["results"][task]
    return [
        key
        for key, value in found.items()
        if key not in _NO_METRIC and "_stderr," not in key and _number(value) is not None
    ]


def _records(results: Mapping[str, Any], task: str, key: str) -> list[dict[str, Any]]:
    """The samples of lm-eval that have the metric, in the order of the documents."""
    metric, answer_filter = key.rsplit(",", 1)
    found = [one for one in results["samples"][task] if one["filter"] == answer_filter and metric in one["metrics"]]
    return sorted(found, key=lambda one: int(one["doc_id"]))


def _number(value: Any) -> float | None:
    import numpy as np

    return float(value) if isinstance(value, Real | np.bool_) else None


def _sample(item: str, record: Mapping[str, Any], *, correct: float) -> Sample:
    responses = record["filtered_resps"]
    if not all(isinstance(one, Sequence) and len(one) == 2 and isinstance(one[0], float) for one in responses):
        answer = _short(responses[0] if len(responses) == 1 else responses)
        return Sample(item, item, gold=_short(record["target"]), answer=answer, correct=correct)
    likelihoods = tuple(float(value) for value, _ in responses)
    choices = [str(arguments[1]).strip() for arguments in record["arguments"]]
    if len(choices) == 1:  # the task scores only the right continuation
        written = choices[0] if responses[0][1] else ""
        gold = _short(choices[0])
        return Sample(item, item, gold, _short(written), correct, gold_loglikelihood=likelihoods[0])
    if len(set(choices)) < len(choices):  # equal continuations of different prompts
        choices = [str(place) for place in range(len(choices))]
    target = record["target"]
    right = int(target) if isinstance(target, Integral) and 0 <= int(target) < len(choices) else None
    return Sample(
        item,
        item,
        gold=_short(target if right is None else choices[right]),
        answer=_short(choices[likelihoods.index(max(likelihoods))]),
        correct=correct,
        gold_loglikelihood=None if right is None else likelihoods[right],
        loglikelihoods=likelihoods,
    )


def _short(text: Any) -> str:
    """The text without half surrogate pairs, which UTF-8 cannot store, and cut to `SHOWN` characters."""
    clean = str(text).encode("utf-8", "replace").decode("utf-8").strip()
    return clean if len(clean) <= SHOWN else f"{clean[:SHOWN]}…"
