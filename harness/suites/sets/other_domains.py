"""What the model knew of other domains: the labels of their test items."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from harness.domains.views.classify import classify_view
from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet

FEWEST, MOST = 2, 100
"""Labels that a domain has: with more, a question would cost more than it tells."""


def other_domains(places: Places) -> list[Question]:
    """The `classify` questions of every domain's test items, in turns; ids and clusters begin with its name."""
    of_domain = []
    for name, content in places.contents().items():
        if FEWEST <= len(content.labels) <= MOST:
            rows = [row for row in classify_view(content) if row.split == "test"]
            of_domain.append([replace(row, id=f"{name}/{row.id}", cluster=f"{name}/{row.cluster}") for row in rows])
    return [row for turn in zip_longest(*of_domain) for row in turn if row is not None]


SET = QuestionSet(other_domains)
