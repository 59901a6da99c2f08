"""Put one suite to one model: which questions, whether it can be asked at all, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.config.project import Project
from harness.config.suite import Suite
from harness.errors import RunFailed
from harness.items.item import Split
from harness.items.prepared import PreparedDomain
from harness.models.loaded import LabelClassifier, LanguageModel, LoadedModel
from harness.records.run_record import SuiteScore
from harness.scoring.contract import MAX_NEW_TOKENS, Sample, SuiteKind, SuiteRun, get_kind
from harness.scoring.gather import Gathered, gather
from harness.scoring.protocol import protocol_hash

SECOND_LANGUAGE = frozenset({"translate", "answer_foreign"})
"""Views with answers in the domain's second language."""


@dataclass(frozen=True)
class Subject:
    """Who is asked, and about what."""

    model: LoadedModel
    domain: PreparedDomain
    """The one that the run was trained on."""
    base: Callable[[], LanguageModel] | None = None
    """Loads the pretrained model that the run stands on."""
    split: Split = "test"
    """Of the domain's items; `harness tune` asks those of validation."""
    items: int | None = None
    """At most so many of each view, whatever the suite and the settings say."""


def ask_suite(
    project: Project, name: str, *, subject: Subject, earlier: Mapping[str, Sequence[Sample]] | None = None
) -> tuple[SuiteScore, list[Sample]]:
    """One suite on one domain. Without a protocol hash there is nothing to ask, whatever the model.

    `earlier` holds the samples of suites that were asked before, for those that are compared with them.
    """
    suite = project.suite(name)
    kind = get_kind(suite.kind)
    empty = SuiteScore(
        suite=name,
        domain=subject.domain.name,
        kind=suite.kind,
        column=suite.column,
        primary=suite.metric,
        protocol_hash="",
        metrics={},
    )
    items = subject.items or project.params.scoring.items_of.get(name)  # that is for the board: tuning says its own
    found = gather(project, suite, kind=kind, domain=subject.domain, split=subject.split, items=items)
    if not found.questions:
        return empty.model_copy(update={"reason": found.reason}), []
    run = _run(project, name, suite=suite, found=found, subject=subject, clean=(earlier or {}).get(suite.against or ""))
    begun = empty.model_copy(update={"protocol_hash": protocol_hash(suite, kind=kind, data=found.data, run=run)})
    refusal = cannot_be_asked(subject.model, kind, suite)
    if refusal:
        return begun.model_copy(update={"reason": refusal}), []
    done, samples = _answered(kind, subject.model, run)
    return begun.model_copy(update={"reason": found.reason} | done), samples


def cannot_be_asked(model: LoadedModel, kind: SuiteKind, suite: Suite) -> str | None:
    """Why the model has no answer to any such question; null if it can be asked."""
    if not abilities(model, suite) & kind.asks:
        return f"a model that gives {model.ability} only cannot be asked"
    if model.ability == "labels" and not of_own_domain(suite):
        return "a model that gives labels only knows those of its own domain"
    return None


def abilities(model: LoadedModel, suite: Suite) -> set[str]:
    """The model's own, and `heads` for a classifier that was trained on all views that the suite asks."""
    trained = isinstance(model, LabelClassifier) and of_own_domain(suite) and model.heads.issuperset(suite.views)
    return {model.ability, "heads"} if trained else {model.ability}


def of_own_domain(suite: Suite) -> bool:
    """Whether the questions are about the domain that the run was trained on."""
    return bool(suite.views)


def answers_in_english(domain: PreparedDomain, views: Sequence[str]) -> bool:
    """Whether the rules for English words hold for the answers; not where a second language is among them."""
    return domain.meta.get("language") == "en" and not SECOND_LANGUAGE & set(views)


def _run(
    project: Project,
    name: str,
    *,
    suite: Suite,
    found: Gathered,
    subject: Subject,
    clean: Sequence[Sample] | None,
) -> SuiteRun:
    own = of_own_domain(suite)
    return SuiteRun(
        name,
        suite.views[0] if own else "",
        found.questions,
        batch_size=project.params.scoring.batch_size,
        metric=suite.metric,
        max_new_tokens=suite.max_new_tokens or MAX_NEW_TOKENS,
        english=answers_in_english(subject.domain, suite.views) if own else True,
        clean={sample.item_id: sample.correct for sample in clean or ()},
        base=subject.base,
        domain=subject.domain if own else None,
    )


def _answered(kind: SuiteKind, model: LoadedModel, run: SuiteRun) -> tuple[dict[str, Any], list[Sample]]:
    """Fields of the record, and the samples; the reason alone if this one suite is too much for the model."""
    started = time.perf_counter()
    try:
        asked = kind.ask(model, run)
    except RunFailed as error:
        return {"reason": error.what}, []
    metrics = kind.aggregate(asked, run)
    seconds = round(time.perf_counter() - started, 3)
    return {"metrics": metrics, "seconds": seconds, "truncated": asked.truncated}, asked.samples
