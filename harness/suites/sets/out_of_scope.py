"""Questions of a domain's own kind about texts that do not belong to it, beside texts that do.

Which section of the Harmonized System does "Typhoid meningitis" belong to? A model that has learnt sections should
decline, and not name one. The same wording asks about three kinds of text:

    in    a held-out item of the domain               a label is right
    near  a held-out item of another prepared domain  to decline is right
    far   an everyday prompt                          to decline is right

Half of the questions are about the first kind, so that declining always is right half of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeVar

from harness.domains.views.classify import classify_prompt, labelled
from harness.domains.views.contract import Content
from harness.items.item import Item
from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet
from harness.suites.sets.general_text import build as everyday_questions
from harness.suites.sets.other_domains import FEWEST, MOST

One = TypeVar("One")

DECLINE = "none of these"
"""The answer that declines."""
HINT = "If it belongs to none of them, answer: {decline}."
"""Stands before the domain's own prompt, so that declining is a known way to answer, and the long common beginning of
all questions is read only once."""
FAR_TOPICS = ("history", "geography", "reasoning", "letters", "narrative", "writing", "travel", "code")
"""Topics of `general_text.jsonl` whose prompts are about no product, disease or building."""
IN, NEAR, FAR = "in", "near", "far"


@dataclass(frozen=True)
class ScopeQuestion(Question):
    """A question whose right answer is a label of the domain, or to decline."""

    kind: str = IN
    """`in`, `near` or `far`."""
    decline: str = DECLINE
    """The choice that declines."""


def out_of_scope(places: Places) -> list[ScopeQuestion]:
    """For each of the `retention_domains` that recipes run on, questions of all three kinds in turn: in, near, in, far.

    An id begins with the name of the domain that is asked about. Domains with more labels than `other_domains` asks
    about, and domains without any, have no questions.
    """
    others = places.contents()
    everyday = [row for row in everyday_questions(places) if row.id.rpartition("-")[0] in FAR_TOPICS]
    found: list[ScopeQuestion] = []
    for name, content in places.learnt().items():
        task = content.domain.classify
        if task is None or not FEWEST <= len(content.labels) <= MOST or DECLINE in content.labels:
            continue
        near = _alternating([_held_out(other, content=one) for other, one in others.items() if other != name])
        asked = _Asked(name, content, task.prompt)
        inside = [asked.about(item.id, item.text, cluster=item.cluster, label=label) for item, label in _test(content)]
        outside = _alternating(
            [
                [asked.about(f"{NEAR}-{row}", text, cluster=row, kind=NEAR) for row, text in near],
                [asked.about(f"{FAR}-{row.id}", row.text, cluster=row.id, kind=FAR) for row in everyday],
            ]
        )
        pairs = min(len(inside), len(outside))
        found += [question for pair in zip(inside[:pairs], outside[:pairs], strict=True) for question in pair]
    return found


@dataclass(frozen=True)
class _Asked:
    """The domain that all questions ask about."""

    name: str
    content: Content
    prompt: str

    def about(self, key: str, text: str, *, cluster: str, kind: str = IN, label: str | None = None) -> ScopeQuestion:
        """The domain's question about a text. `label`: the right answer; null: to decline."""
        asked = classify_prompt(self.prompt, text, self.content.labels)
        return ScopeQuestion(
            id=f"{self.name}/{key}",
            split="test",
            cluster=cluster,
            text=text,
            prompt=f"{HINT.format(decline=DECLINE)}\n{asked}",
            choices=(*self.content.labels, DECLINE),
            answer=label or DECLINE,
            kind=kind,
        )


def _test(content: Content) -> list[tuple[Item, str]]:
    return [(item, label) for item, label in labelled(content) if content.split[item.id] == "test"]


def _held_out(name: str, *, content: Content) -> list[tuple[str, str]]:
    """(`<domain>-<id>`, text) of the domain's test items."""
    return [(f"{name}-{item.id}", item.text) for item in content.of_split("test")]


def _alternating(lists: Sequence[Sequence[One]]) -> list[One]:
    return [one for turn in zip_longest(*lists) for one in turn if one is not None]


SET = QuestionSet(out_of_scope, row=ScopeQuestion, of_own_domain=True)
