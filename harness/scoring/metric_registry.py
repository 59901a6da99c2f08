"""All metrics that the kinds of suites declare, by name: for boards, which know a metric by its name alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from harness.errors import ConfigError
from harness.scoring import kinds
from harness.scoring.contract import get_kind
from harness.scoring.metric_spec import UNDECLARED, MetricSpec


@cache
def metric_specs() -> Mapping[str, MetricSpec]:
    """Name -> declaration, of every kind in harness/scoring/kinds/.

    Raises:
        ConfigError: two kinds declare one name differently (their versions may differ).
    """
    specs: dict[str, MetricSpec] = {}
    declared_in: dict[str, str] = {}
    for kind in kind_names():
        for name, spec in get_kind(kind).metrics.items():
            if name in specs and replace(spec, version=specs[name].version) != specs[name]:
                raise ConfigError(
                    f'the metric "{name}" is declared differently in harness/scoring/kinds/{declared_in[name]}.py',
                    where=f"harness/scoring/kinds/{kind}.py",
                    hint="share one MetricSpec, or give this metric another name",
                )
            specs.setdefault(name, spec)
            declared_in.setdefault(name, kind)
    return specs


def metric_spec(name: str) -> MetricSpec:
    """The declaration of a metric; `UNDECLARED` for those of official tasks."""
    return metric_specs().get(name, UNDECLARED)


def kind_names() -> list[str]:
    """The names of all kinds, sorted."""
    return sorted(path.stem for folder in kinds.__path__ for path in Path(folder).glob("[!_]*.py"))
