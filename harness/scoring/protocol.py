"""What makes two scores comparable, as one hash."""

from __future__ import annotations

from harness.config.suite import Suite
from harness.domains.prepared import PreparedDomain
from harness.measure.provenance import stable_hash
from harness.scoring.contract import SuiteKind, SuiteRun


def protocol_hash(suite: Suite, *, kind: SuiteKind, domain: PreparedDomain, run: SuiteRun) -> str:
    """sha256 over data, prompts, number of items, suite version, kind and versions of its metrics.

    For written answers also their greatest length, and whether the rules for English words hold.
    What a recipe does by design (few-shot examples in its prompt) is no part of it: that is a column.
    """
    return stable_hash(
        {
            "suite": run.suite,
            "version": suite.version,
            "kind": suite.kind,
            "metric_versions": dict(kind.metrics),
            "metric": suite.metric,
            "domain": domain.name,
            "view": domain.view_hash(suite.view),  # holds items, prompts, choices and answers
            "items": len(run.questions),
            "max_new_tokens": run.max_new_tokens if kind.generates else None,
            "english_rules": run.english if kind.generates else None,
        }
    )
