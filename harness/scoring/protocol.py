"""What makes two scores comparable, as one hash."""

from __future__ import annotations

from collections.abc import Mapping

from harness.config.suite import Suite
from harness.measure.provenance import stable_hash
from harness.models.chat import RENDERING
from harness.scoring.contract import SuiteKind, SuiteRun


def protocol_hash(suite: Suite, *, kind: SuiteKind, data: Mapping[str, str], run: SuiteRun) -> str:
    """sha256 over data, prompts, number of items, how prompts are rendered, suite version, kind and its metrics.

    `data` is place -> sha256 of its rows, which hold items, prompts, choices and answers. For written answers also
    their greatest length, and whether the rules for English words hold. What a recipe does by design (few-shot
    examples in its prompt) is no part of it: that is a column; nor is the model's own chat template, which comes with
    the model as its weights do.
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
