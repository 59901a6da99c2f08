"""Score one model on one suite: gather the questions, check that the model can answer them, ask, aggregate."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.config.params import DEFAULT, ProtocolName
from harness.config.project import Project
from harness.config.suite import Suite
from harness.items.item import Split
from harness.items.media import kinds_of, why_unreadable
from harness.items.prepared import PreparedDomain
from harness.models.loaded import LabelClassifier, LanguageModel, LoadedModel
from harness.records.run_record import SuiteScore
from harness.scoring.contract import MAX_NEW_TOKENS, Sample, SuiteKind, SuiteRun, get_kind
from harness.scoring.gather import Gathered, gather
from harness.scoring.protocol import FLOAT32, protocol_hash
from harness.training.refusals.attempt import attempt

SECOND_LANGUAGE = frozenset({"translate", "answer_foreign"})
"""Views with answers in the domain's second language."""


@dataclass(frozen=True)
class Subject:
    """The model that is scored, and the domain that it is scored on."""

    model: LoadedModel
    domain: PreparedDomain
    """The domain that the run was trained on."""
    base: Callable[[], LanguageModel] | None = None
    """Loads the pretrained model that the run started from; null if that is not a language model."""
    split: Split = "test"
    """Of the domain's items. `harness tune` scores on the validation split."""
    items: int | None = None
    """At most this many questions of each view; null: as suite and settings say."""
    precision: str = FLOAT32
    """The dtype in which the device scores language models; part of the protocol."""
    protocol: ProtocolName = DEFAULT
    """The protocol of params.yaml that lists the suite."""


@dataclass(frozen=True)
class Begun:
    """One suite before the model is asked."""

    suite: Suite
    kind: SuiteKind
    score: SuiteScore
    """Without metrics; without a protocol hash if the domain has no questions for the suite."""
    run: SuiteRun | None
    """What would be asked; null if there are no questions."""


def ask_suite(
    project: Project, name: str, *, subject: Subject, earlier: Mapping[str, Sequence[Sample]] | None = None
) -> tuple[SuiteScore, list[Sample]]:
    """Score the subject on one suite.

    A score without a protocol hash means that the domain has no questions for the suite, whatever the model. `earlier`
    holds the samples of suites that were scored before, for suites that are compared with one of them.
    """
    begun = begin_suite(project, name, subject=subject, earlier=earlier)
    if begun.run is None:
        return begun.score, []
    kind, run = begun.kind, begun.run
    refusal = (
        cannot_be_asked(subject.model, kind, begun.suite)
        or _unread_media(subject, begun.suite, run.questions)
        or _unlearnt_labels(subject, run.questions)
    )
    if refusal:
        return begun.score.model_copy(update={"reason": refusal}), []
    done, samples = _answered(kind, subject.model, run)
    return begun.score.model_copy(update=done), samples


def begin_suite(
    project: Project, name: str, *, subject: Subject, earlier: Mapping[str, Sequence[Sample]] | None = None
) -> Begun:
    """Gather the questions of a suite and compute its protocol; the arguments are those of `ask_suite`."""
    suite = project.suite(name)
    kind = get_kind(suite.kind)
    empty = SuiteScore(
        suite=name,
        domain=subject.domain.name,
        kind=suite.kind,
        column=suite.column,
        primary=suite.metric,
        protocol=subject.protocol,
        protocol_hash="",
        metrics={},
    )
    items = subject.items or project.params.scoring.items_of.get(name)  # `items_of` is for the board, not for tuning
    found = gather(project, suite, kind=kind, domain=subject.domain, split=subject.split, items=items)
    if not found.questions:
        return Begun(suite, kind, empty.model_copy(update={"reason": found.reason}), None)
    clean = (earlier or {}).get(suite.against or "")
    run = _run(project, name, suite=suite, kind=kind, found=found, subject=subject, clean=clean)
    protocol = protocol_hash(
        suite, kind=kind, data=found.data, run=run, precision=subject.precision, protocol=subject.protocol
    )
    return Begun(suite, kind, empty.model_copy(update={"protocol_hash": protocol, "reason": found.reason}), run)


def cannot_be_asked(model: LoadedModel, kind: SuiteKind, suite: Suite) -> str | None:
    """Why the model cannot answer questions of the suite; null if it can."""
    if model.abilities_for(suite.views) & kind.asks:
        return None
    if model.abilities & kind.asks:  # but not outside its own domain
        return "not applicable: this model only knows the labels of its own domain"
    return f"not applicable: this model {model.described}"


def _unread_media(subject: Subject, suite: Suite, questions: Sequence[Any]) -> str | None:
    """Why the model cannot read the pictures, sound or tables of the questions; null if it can."""
    views = " or ".join(suite.views)
    source = f"the view {views} of {subject.domain.name}" if views else f"the question set {suite.questions}"
    reason = why_unreadable(kinds_of(questions), reads=subject.model.reads, reader="this model", source=source)
    return f"not applicable: {reason}" if reason else None


def _unlearnt_labels(subject: Subject, questions: Sequence[Any]) -> str | None:
    """Why a label classifier has no answer to the questions: none of their choices is a label that it was trained on.

    So it is with a later domain of a sequence. All labels would get the same probability, which is no answer.
    """
    model = subject.model
    learnt = model.learnt_labels if isinstance(model, LabelClassifier) else None
    if learnt is None or any(choice in learnt for question in questions for choice in getattr(question, "choices", ())):
        return None
    return f"not applicable: this model was trained on none of the labels of {subject.domain.name}"


def of_own_domain(suite: Suite) -> bool:
    """Whether the questions are about the domain that the run was trained on."""
    return bool(suite.views)


def answers_in_english(domain: PreparedDomain, views: Sequence[str]) -> bool:
    """Whether answers are compared by the rules for English words: not if some are in a second language."""
    return domain.meta.get("language") == "en" and not SECOND_LANGUAGE & set(views)


def _run(
    project: Project,
    name: str,
    *,
    suite: Suite,
    kind: SuiteKind,
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
        domain=subject.domain if own and kind.reads_domain else None,
    )


def _answered(kind: SuiteKind, model: LoadedModel, run: SuiteRun) -> tuple[dict[str, Any], list[Sample]]:
    """Fields of the record, and the samples. If the suite fails, or memory runs out in it: the reason alone."""
    started = time.perf_counter()
    asked, reason = attempt(lambda: kind.ask(model, run))
    if asked is None:
        return {"reason": reason}, []
    metrics = kind.aggregate(asked, run)
    seconds = round(time.perf_counter() - started, 3)
    return {"metrics": metrics, "seconds": seconds, "truncated": asked.truncated}, asked.samples
