"""One hash for everything that must be equal for two scores to be comparable."""

from __future__ import annotations

from collections.abc import Mapping

from harness.config.params import DEFAULT, ProtocolName
from harness.config.suite import Suite
from harness.measure.provenance import stable_hash
from harness.models.encoding.chat import RENDERING
from harness.scoring.contract import SuiteKind, SuiteRun

FLOAT32 = "float32"


def protocol_hash(
    suite: Suite,
    *,
    kind: SuiteKind,
    data: Mapping[str, str],
    run: SuiteRun,
    precision: str = FLOAT32,
    protocol: ProtocolName = DEFAULT,
) -> str:
    """sha256 over data, number of items, rendering of prompts, suite version, kind, versions of its metrics, precision,
    and the name of the protocol unless it is the default one.

    `precision`: the dtype in which the device scores language models. It counts for all rows of a board, also for those
    of small classifiers, which compute in float32 on every device.

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
            **of_precision(precision),
            **({} if protocol == DEFAULT else {"protocol": protocol}),
        }
    )


def of_precision(precision: str) -> dict[str, str]:
    """The entry that a precision adds to a protocol. float32 adds none: it was the only precision of the first records,
    whose hashes stay valid."""
    return {} if precision == FLOAT32 else {"precision": precision}
