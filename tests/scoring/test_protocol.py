from __future__ import annotations

from typing import Any

from harness.config.project import Project
from harness.items.rows import Question
from harness.measure.provenance import stable_hash
from harness.scoring.contract import SuiteRun, get_kind
from harness.scoring.protocol import of_precision, protocol_hash

QUESTION = Question(id="q", split="test", cluster="c", text="t", prompt="p", choices=("a", "b"), answer="a")


def hashed(project: Project, **changes: Any) -> str:
    suite = project.suite("classification")
    run = SuiteRun("classification", "classify", [QUESTION], batch_size=1, metric=suite.metric)
    return protocol_hash(suite, kind=get_kind(suite.kind), data={"x": "0"}, run=run, **changes)


def test_scores_of_another_precision_have_another_protocol(project: Project) -> None:
    assert hashed(project, precision="bfloat16") != hashed(project)


def test_float32_adds_nothing_to_the_protocols_of_the_first_records(project: Project) -> None:
    assert hashed(project, precision="float32") == hashed(project)
    facts = {"task": "x", "version": "1", "metric": "acc"}
    assert stable_hash({**facts, **of_precision("float32")}) == stable_hash(facts)


def test_the_wide_protocol_has_hashes_of_its_own(project: Project) -> None:
    assert hashed(project, protocol="wide") != hashed(project)
    assert hashed(project, protocol="default") == hashed(project)
