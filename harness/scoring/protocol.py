"""What makes two scores comparable, as one hash."""

from __future__ import annotations

from harness.config.suite import Suite
from harness.domains.items import Question
from harness.domains.prepared import PreparedDomain
from harness.measure.provenance import stable_hash
from harness.scoring.contract import SuiteKind


def protocol_hash(
    suite_name: str, suite: Suite, *, kind: SuiteKind, domain: PreparedDomain, questions: list[Question]
) -> str:
    """sha256 over data, prompts, number of items, suite version, kind and version of its metric.

    What a recipe does by design (few-shot examples in its prompt) is no part of it: that is a column.
    """
    return stable_hash(
        {
            "suite": suite_name,
            "version": suite.version,
            "kind": suite.kind,
            "metric_version": kind.metric_version,
            "metric": suite.metric,
            "domain": domain.name,
            "view": domain.view_hash(suite.view),  # holds items, prompts, choices and answers
            "items": len(questions),
        }
    )
