"""A new kind of suite: one file for the kind, one for its questions, one YAML file, one line in params.yaml."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fork_server import served_python
from tests.tree import ROOT

KIND = '''
"""Yes-or-no questions about the objects in a picture."""

from __future__ import annotations

from typing import ClassVar

from harness.records.run_record import Metric
from harness.scoring.contract import SuiteResult, SuiteRun
from harness.scoring.kinds._choosing import ChoosingKind
from harness.scoring.measures.accuracy import ACCURACY
from harness.scoring.measures.mean import mean
from harness.scoring.metric_spec import MetricSpec


class Objects(ChoosingKind):
    """Accuracy, and how often the model says yes, whatever the picture shows (POPE, arXiv 2305.10355)."""

    asks = frozenset({"text"})
    metrics: ClassVar = {
        "accuracy": ACCURACY,
        "yes": MetricSpec(explanation="Share of questions answered with yes.", better=None),
    }

    def aggregate(self, asked: SuiteResult, run: SuiteRun) -> dict[str, Metric]:
        samples = asked.samples
        said_yes = mean([float(sample.answer == "Yes") for sample in samples])
        return {"accuracy": mean([sample.correct for sample in samples]), "yes": said_yes}
'''
QUESTIONS = '''
"""Is the object there?"""

from __future__ import annotations

from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet


def build(places: Places) -> list[Question]:
    """A question about an object that is there, and one about an object that is not."""
    return [_question("dog", "Yes"), _question("cat", "No")]


def _question(name: str, answer: str) -> Question:
    prompt = f"A dog sleeps. Is there a {name}?"
    return Question(name, "test", "dog", text=prompt, prompt=prompt, choices=("Yes", "No"), answer=answer)


SET = QuestionSet(build)
'''
SUITE = """
title: Objects
summary: Whether the model sees objects that are not there.
kind: seen_objects
version: 1
questions: seen_objects
metric: accuracy
also: [yes]
column: hallucination
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the repository with the suite `seen_objects`."""
    for folder in ("harness", "recipes", "data/domains", "data/suites"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("dvc.yaml", "params.yaml", "pyproject.toml", "data/sources.yaml"):
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / "harness/scoring/kinds/seen_objects.py").write_text(KIND.lstrip())
    (tmp_path / "harness/suites/sets/seen_objects.py").write_text(QUESTIONS.lstrip())
    (tmp_path / "data/suites/seen_objects.yaml").write_text(SUITE.lstrip())
    params = tmp_path / "params.yaml"
    params.write_text(params.read_text().replace("  - refusals\n", "  - refusals\n  - seen_objects\n", 1))
    return tmp_path


def in_tree(tree: Path, *arguments: str) -> str:
    """What Python prints, with the code of the copy."""
    done = subprocess.run([served_python(), *arguments], cwd=tree, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_kind_and_a_suite_are_all_that_a_new_suite_needs(tree: Path) -> None:
    assert ": all well" in in_tree(tree, "-m", "harness", "check")


def test_boards_know_the_metrics_that_the_kind_declares(tree: Path) -> None:
    code = "from harness.scoring.metric_registry import metric_spec; print(metric_spec('yes').explanation)"
    assert in_tree(tree, "-c", code) == "Share of questions answered with yes.\n"


def test_a_metric_that_cannot_rank_is_refused_as_the_first_one(tree: Path) -> None:
    suite = tree / "data/suites/seen_objects.yaml"
    suite.write_text(suite.read_text().replace("metric: accuracy", "metric: yes").replace("also: [yes]\n", ""))
    found = in_tree(tree, "-m", "harness", "check")
    assert 'data/suites/seen_objects.yaml:6: recipes cannot be ranked by "yes": neither' in found
    assert "put yes under `also`" in found
