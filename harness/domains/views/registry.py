"""All views by name, in the order of the data cards."""

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
    media,
    pairs,
    perturbed,
    preferences,
    reworded,
    translate,
    unanswerable,
    unpaired,
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
    **unpaired.VIEWS,
    **documents.VIEWS,
    **claims.VIEWS,
    **unanswerable.VIEWS,
    **grounded.VIEWS,
    **perturbed.VIEWS,
    **reworded.VIEWS,
    **claims_few_shot.VIEWS,
    **media.VIEWS,
}
"""Name -> view. A domain without the data for a view does not have that view."""

MAIN = ("classify", "answer")
"""Candidates for the main view of a domain. The first one that the domain has is its main view."""
