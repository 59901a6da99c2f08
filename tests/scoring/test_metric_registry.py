from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import ConfigError
from harness.scoring.contract import get_kind
from harness.scoring.kinds.bias import Bias
from harness.scoring.measures.accuracy import ACCURACY
from harness.scoring.metric_registry import kind_names, metric_spec, metric_specs
from harness.scoring.metric_spec import UNDECLARED, MetricSpec
from tests.fresh_process import told_elsewhere
from tests.tree import ROOT

SPECS = [
    pytest.param(name, spec, id=f"{kind}-{name}")
    for kind in kind_names()
    for name, spec in get_kind(kind).metrics.items()
]


@pytest.fixture
def _fresh() -> Iterator[None]:
    """Declarations are read anew, before and after."""
    metric_specs.cache_clear()
    yield
    metric_specs.cache_clear()


@pytest.mark.parametrize(("name", "spec"), SPECS)
def test_every_metric_is_explained_in_one_sentence(name: str, spec: MetricSpec) -> None:
    assert spec.explanation[0].isupper() or spec.explanation.startswith(name)
    assert spec.explanation.endswith(".")
    assert spec.version >= 1


@pytest.mark.parametrize(("name", "spec"), SPECS)
def test_metrics_of_one_name_mean_the_same_in_all_kinds(name: str, spec: MetricSpec) -> None:
    assert replace(metric_spec(name), version=spec.version) == spec


@pytest.mark.usefixtures("_fresh")
def test_two_meanings_of_one_name_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bias, "metrics", {"accuracy": replace(ACCURACY, better="lower")})
    with pytest.raises(ConfigError, match='"accuracy" is declared differently'):
        metric_specs()


@pytest.mark.usefixtures("_fresh")
def test_versions_may_differ_between_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bias, "metrics", {"accuracy": replace(ACCURACY, version=2)})
    assert metric_spec("accuracy") == ACCURACY


def test_an_official_metric_is_a_share_of_which_more_is_better() -> None:
    spec = metric_spec("acc_norm")
    assert spec is UNDECLARED
    assert (spec.unit, spec.better, spec.per_item, spec.cannot_rank) == ("share", "higher", True, None)


def test_every_suite_of_the_score_ranks_by_a_metric_of_which_more_is_better() -> None:
    project = Project(ROOT)
    suites = [project.suite(name) for name in project.suite_names]
    unranked = {suite.column for suite in suites if get_kind(suite.kind).metrics[suite.metric].cannot_rank is not None}
    assert unranked == {"retention"}  # a rise of cross-entropy, of which less is better


def test_reading_the_declarations_loads_no_heavy_library(tmp_path: Path) -> None:
    code = (
        "import json, sys; from harness.scoring.metric_registry import metric_specs; assert metric_specs(); "
        "print(json.dumps([name for name in ('torch', 'transformers', 'sklearn', 'mteb', 'lm_eval') "
        "if name in sys.modules]))"
    )
    assert told_elsewhere(code, tmp_path) == []
