"""All views by name, in the order in which cards list them."""

from __future__ import annotations

from harness.domains.views import (
    answer,
    claims,
    claims_few_shot,
    classify,
    describe,
    documents,
    foreign,
    grounded,
    instruction,
    pairs,
    perturbed,
    preferences,
    reworded,
    translate,
    unanswerable,
)
from harness.domains.views.contract import View

VIEWS: dict[str, View] = {
    **classify.VIEWS,
    **answer.VIEWS,
    **describe.VIEWS,
    **translate.VIEWS,
    **foreign.VIEWS,
    **instruction.VIEWS,
    **pairs.VIEWS,
    **preferences.VIEWS,
    **documents.VIEWS,
    **claims.VIEWS,
    **unanswerable.VIEWS,
    **grounded.VIEWS,
    **perturbed.VIEWS,
    **reworded.VIEWS,
    **claims_few_shot.VIEWS,
}
"""View name -> how it is made. A view is absent from a domain that has nothing for it."""

MAIN = ("classify", "answer")
"""What a domain is about, best first: its main view is the first of these that it has."""
