"""Replay: a few examples of earlier domains beside those of the new one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.errors import RunFailed
from harness.items.item import shuffle_key
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.training.continual_lm import StepwiseLM
from harness.training.contract import TrainContext, first_view
from harness.training.lessons.lesson import Lesson
from harness.training.method_options import MethodOptions


class ReplayOptions(MethodOptions):
    """How many further examples there are, and of what."""

    share: float = Field(default=0.1, gt=0, le=1)
    """Number of further examples, as a share of the new domain's examples."""
    drawn_from: Literal["earlier", "new"] = "earlier"
    """`earlier`: of all earlier domains, equally many of each. `new`: further ones of the new domain, as a control that
    shows what more examples do by themselves."""


class Replay(StepwiseLM):
    """Experience replay (Rolnick et al. 2019, arXiv 1811.11682) with one adapter.

    What it optimises: cross-entropy of the new domain's answers and of a few answers of earlier domains.
    Data: questions of the new domain, and `share` as many of the earlier ones. In the first step there are no earlier
        ones, and the step equals that of `continual/naive`.
    Cost: `1 + share` times that of `continual/naive`.
    Use it: whenever earlier training data may be kept.
    Not for: data that must be deleted.
    Related: `continual/ewc` needs no earlier data; `continual/joint` trains on all of it.
    Options: `share`, `drawn_from`.
    Example: `python -m harness train continual/replay_10 --domain hs_products --domain icd10 --seed 0`
    """

    options_model = ReplayOptions

    def before_loading(self, context: TrainContext) -> None:
        """Refuse a share that the domains have too few examples for.

        Raises:
            ConfigError, RunFailed: as `PeftLM.before_loading` and `lessons`.
        """
        super().before_loading(context)
        self.lessons(context)

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """The new domain's questions and the further ones, mixed in an order that all seeds share.

        Raises:
            RunFailed: a domain has too few examples.
        """
        options, new = ReplayOptions.of(context.recipe), super().lessons(context)
        if not context.earlier_domains:
            return new
        count = max(round(options.share * len(new)), 1)
        further = (
            _of_new(context, known=len(new), count=count)
            if options.drawn_from == "new"
            else _of_earlier(context, count)
        )
        return sorted([*new, *further], key=lambda lesson: shuffle_key(0, f"{lesson.task}/{lesson.question.id}"))


def _of_earlier(context: TrainContext, count: int) -> list[Lesson]:
    domains = context.earlier_domains
    shares = [count // len(domains) + (place < count % len(domains)) for place in range(len(domains))]
    return [
        lesson for domain, share in zip(domains, shares, strict=True) for lesson in _first(domain, start=0, count=share)
    ]


def _of_new(context: TrainContext, *, known: int, count: int) -> list[Lesson]:
    (domain,) = context.domains
    return _first(domain, start=known, count=count)


def _first(domain: PreparedDomain, *, start: int, count: int) -> list[Lesson]:
    view = first_view(domain, StepwiseLM.views)
    rows = domain.rows(Question, view, "train")[start : start + count]
    if len(rows) < count:
        raise RunFailed(
            f"refused: {count} further examples of {domain.name} are wanted, "
            f"and it has {len(rows)} after the first {start}"
        )
    return [Lesson(row, f"{domain.name}/{view}") for row in rows]
