"""One hash for everything that must be equal for two scores to be comparable."""

from __future__ import annotations

from collections.abc import Mapping

from harness.config.suite import Suite
from harness.measure.provenance import stable_hash
from harness.models.chat import RENDERING
from harness.scoring.contract import SuiteKind, SuiteRun


def protocol_hash(suite: Suite, *, kind: SuiteKind, data: Mapping[str, str], run: SuiteRun) -> str:
    """sha256 over data, number of items, rendering of prompts, suite version, kind and versions of its metrics.

    `data` is place -> sha256 of its rows, which hold items, prompts, choices and answers. For suites whose answers are
    written, the hash also covers their greatest length, and whether the rules for English words apply. It does not
    cover what a recipe does by design, such as few-shot examples in its prompt: the board shows that in a column. Nor
    does it cover the model's own chat template and BOS token, which come with the model as its weights do.
    """
    return stable_hash(
        {
            "suite": run.suite,
            "version": suite.version,
            "kind": suite.kind,
            "metric_versions": {name: spec.version for name, spec in kind.metrics.items()},
            "metric": suite.metric,
            "data": dict(data),
            "items": len(run.questions),
            "against": suite.against,
            "rendering": RENDERING,
            "max_new_tokens": run.max_new_tokens if kind.generates else None,
            "english_rules": run.english if kind.generates else None,
        }
    )
