"""Score a model outside of the pipeline, with the suites that ask what it learns.

`harness tune` scores on validation items, `harness curve` on test items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.config.project import Project, RunKey
from harness.errors import ConfigError, RunFailed
from harness.items.item import Split
from harness.items.prepared import PreparedDomain
from harness.measure.device import Device
from harness.records.run_record import SuiteScore
from harness.scoring.ask import Subject, ask_suite, cannot_be_asked
from harness.scoring.contract import Sample, get_kind
from harness.training.registry import get_method
from harness.training.train import load_context

JUDGES = ("score", "hallucination", "embedding")
"""Columns of the board whose suites may judge a model, best first. Hallucination suites judge recipes that learn their
task, such as claims. Embedding suites judge only models that produce nothing but embeddings."""


@dataclass(frozen=True)
class Judged:
    """The score of one model: the mean over the tasks that the recipe learns."""

    score: float
    metric: str
    """`accuracy`; for several tasks all their metrics, as in `accuracy + token_f1`."""
    items: int
    """Items that were scored, over all tasks."""


@dataclass(frozen=True)
class Answers:
    """The results of one suite."""

    suite: SuiteScore
    value: float
    """Value of the suite's primary metric."""
    n: int
    """Items behind `value`."""
    samples: list[Sample]


def judging_suites(project: Project, view: str) -> list[str]:
    """Names of the active suites that ask questions of this view only, best first."""
    found = {name: project.suite(name) for name in project.params.all_suites}
    return [
        name
        for column in JUDGES
        for name, suite in found.items()
        if suite.column == column and suite.views == [view] and suite.against is None
    ]


def judged_views(
    project: Project, domain: PreparedDomain, learnt: Sequence[str], *, split: Split = "validation"
) -> list[str]:
    """The views to judge by: those that the recipe learns, or the domain's main view if no suite asks any of them.

    Raises:
        ConfigError: no active suite asks any of these views, or a view has no item in the split.
    """
    wanted = [*learnt] if any(judging_suites(project, view) for view in learnt) else [domain.main_view or ""]
    views = [view for view in wanted if judging_suites(project, view)]
    if not views:
        raise ConfigError(
            f"no active suite with a single score asks {' or '.join(dict.fromkeys([*learnt, *wanted])) or 'a view'}",
            where="params.yaml: suites",
            hint="add `classification` or `answers`",
        )
    for view in views:
        if not domain.count(view, split):
            what = f"the view {view} of the domain {domain.name} has no {split} item to judge by"
            raise ConfigError(what, where=f"data/domains/{domain.name}.yaml: splits")
    return views


def judge(
    project: Project, key: RunKey, *, domain: PreparedDomain, views: Sequence[str], items: int, device: Device
) -> Judged:
    """Load the run's model and score it on `items` validation questions, divided evenly among the views.

    Raises:
        RunFailed: a suite could not score the model.
        ConfigError: no suite of a view can ask this kind of model.
    """
    scores, metrics, asked = [], [], 0
    for one in answers(project, key, domain=domain, views=views, items=items, device=device, split="validation"):
        scores.append(one.value)
        metrics.append(one.suite.primary)
        asked += one.n
    return Judged(sum(scores) / len(scores), " + ".join(dict.fromkeys(metrics)), asked)


def answers(
    project: Project,
    key: RunKey,
    *,
    domain: PreparedDomain,
    views: Sequence[str],
    items: int,
    device: Device,
    split: Split,
) -> list[Answers]:
    """Load the run's model and ask it `items` questions of the split, divided evenly among the views.

    Returns:
        The results of one suite per view.

    Raises:
        RunFailed: a suite could not score the model.
        ConfigError: no suite of a view can ask this kind of model.
    """
    context = load_context(project, key, device=device)
    model = get_method(context.recipe.run.method).load(context)
    subject = Subject(model, domain, split=split, items=max(items // len(views), 1))
    found = []
    for view in views:
        suite, samples = ask_suite(project, _askable(project, view, subject), subject=subject)
        metric = suite.metrics.get(suite.primary)
        if metric is None or metric.value is None:
            raise RunFailed(f"the suite {suite.suite} gave no score: {suite.reason or 'the metric is not defined'}")
        found.append(Answers(suite, metric.value, metric.n, samples))
    return found


def _askable(project: Project, view: str, subject: Subject) -> str:
    for name in judging_suites(project, view):
        suite = project.suite(name)
        if not cannot_be_asked(subject.model, get_kind(suite.kind), suite):
            return name
    raise ConfigError(
        f"no active suite of the view {view} can score a model that {subject.model.described}",
        where="params.yaml: suites",
    )
