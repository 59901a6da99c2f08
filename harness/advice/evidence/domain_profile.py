"""What a domain looks like from outside, and how alike two domains are.

Evidence from another domain counts by its similarity: 1 for a domain of the same task, number of labels, number of
items and length of texts, less for every difference.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from harness.config.project import Project
from harness.items.item import Item
from harness.items.prepared import VIEWS_FILE, PreparedDomain
from harness.items.rows import Question

OTHER_TASK = 0.25
"""Factor for a domain with another task. Its effects are on another metric, so they say little."""
DECADES = 2.0
"""Numbers that differ by a factor of 100 or more are not alike at all; equal numbers are wholly alike."""
UNKNOWN = 0.5
"""How alike two numbers are if one is not known."""
FLOOR = 0.05
"""Lowest similarity: a measured domain always says something."""
TEXTS = 500
"""Questions that are read for the length of texts."""


@dataclass(frozen=True)
class DomainProfile:
    """The features by which domains are compared; null: not known."""

    name: str
    task: str | None
    """`classify` (labels) or `answer` (free text): the view that recipes learn by default."""
    labels: int | None = None
    items: int | None = None
    """Training items."""
    words: float | None = None
    """Words of a text, median."""
    test_items: int | None = None
    """Test items that can be asked."""


@dataclass(frozen=True)
class Likeness:
    """How alike a domain is to the one that is asked about, each part from 0 to 1."""

    domain: str
    similarity: float
    task: bool
    labels: float
    items: float
    words: float


def likeness(target: DomainProfile, other: DomainProfile) -> Likeness:
    """The mean of the three closenesses on a logarithmic scale, times `OTHER_TASK` where the tasks differ."""
    labels = _closeness(target.labels, other.labels) if "classify" in (target.task, other.task) else 1.0
    items, words = _closeness(target.items, other.items), _closeness(target.words, other.words)
    same = target.task is None or other.task is None or target.task == other.task
    mean = (labels + items + words) / 3 * (1.0 if same else OTHER_TASK)
    return Likeness(other.name, max(FLOOR, mean), same, labels, items, words)


def _closeness(one: float | None, other: float | None) -> float:
    if not one or not other:
        return UNKNOWN
    return max(0.0, 1.0 - abs(math.log10(one / other)) / DECADES)


def profile_of(project: Project, name: str) -> DomainProfile:
    """The profile of a domain of the project: from its prepared views, else as much as its file says.

    Raises:
        ConfigError: there is no such domain.
    """
    declared = project.domain(name)
    task = "classify" if declared.classify else "answer" if declared.answer else None
    folder = project.prepared_folder(name)
    if not (folder / VIEWS_FILE).is_file():
        named = len(declared.classify.label_names) if declared.classify else 0
        return DomainProfile(name, task, labels=named or None, test_items=declared.splits.test)
    domain = PreparedDomain.open(folder)
    view = domain.main_view
    if view is None:
        return DomainProfile(name, task)
    texts = [question.text for question in domain.rows(Question, view, "train", limit=TEXTS)]
    return DomainProfile(
        name,
        view,
        labels=len(domain.labels) or None,
        items=domain.count(view, "train"),
        words=_words(texts),
        test_items=domain.count(view, "test"),
    )


def profiles_of(project: Project, names: Iterable[str]) -> dict[str, DomainProfile]:
    """Of each domain; one that the project no longer has is known by name alone."""
    known = set(project.domain_names)
    return {name: profile_of(project, name) if name in known else DomainProfile(name, None) for name in names}


def profile_of_items(name: str, items: Sequence[Item]) -> DomainProfile:
    """The profile of a user's file, before it is a domain. Items with labels are taken for a classification."""
    labels = Counter(item.label for item in items if item.label is not None)
    answered = any(item.answer for item in items)
    task = "classify" if labels else "answer" if answered else None
    texts = [item.text for item in items[:TEXTS]]
    return DomainProfile(name, task, labels=len(labels) or None, items=len(items), words=_words(texts))


def _words(texts: Sequence[str]) -> float | None:
    return float(median(len(text.split()) for text in texts)) if texts else None
