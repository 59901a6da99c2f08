"""What makes two scores comparable, as one hash."""

from __future__ import annotations

from harness.config.suite import Suite
from harness.domains.prepared import PreparedDomain
from harness.domains.rows import Question
from harness.measure.provenance import stable_hash
from harness.scoring.contract import MAX_NEW_TOKENS, SuiteKind


def protocol_hash(
    suite_name: str, suite: Suite, *, kind: SuiteKind, domain: PreparedDomain, questions: list[Question]
) -> str:
    """sha256 over data, prompts, items, suite version, kind, versions of its metrics and length of written answers.

    What a recipe does by design (few-shot examples in its prompt) is no part of it: that is a column.
    """
    return stable_hash(
        {
            "suite": suite_name,
            "version": suite.version,
            "kind": suite.kind,
            "metric_versions": dict(kind.metrics),
            "metric": suite.metric,
            "domain": domain.name,
            "view": domain.view_hash(suite.view),  # holds items, prompts, choices and answers
            "items": len(questions),
            "max_new_tokens": (suite.max_new_tokens or MAX_NEW_TOKENS) if kind.generates else None,
        }
    )
