"""The labels of the test items of other domains, to measure what training on one domain makes a model forget."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from harness.domains.views.classify import classify_view
from harness.items.rows import Question
from harness.suites.contract import Places, QuestionSet

FEWEST, MOST = 2, 100
"""Number of labels of a domain that is asked about. Asking about more labels costs too much for what it shows."""


def other_domains(places: Places) -> list[Question]:
    """The `classify` questions of all test items, alternating between domains, whose names begin ids and clusters."""
    of_domain = []
    for name, content in places.contents().items():
        if FEWEST <= len(content.labels) <= MOST:
            rows = [row for row in classify_view(content) if row.split == "test"]
            of_domain.append([replace(row, id=f"{name}/{row.id}", cluster=f"{name}/{row.cluster}") for row in rows])
    return [row for turn in zip_longest(*of_domain) for row in turn if row is not None]


SET = QuestionSet(other_domains)
