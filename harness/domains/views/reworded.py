"""Views `classify_reworded` and `answer_reworded`: the same questions in the wording that no training row uses.

Only the words around the item's text change. Ids, choices and answers stay the same, so a score can be paired with the
score of the same items in the fixed wording. A model with equal scores learned the task and not its wording.
"""

from __future__ import annotations

from harness.domains.views.contract import Content, View
from harness.domains.views.instruction import QUESTIONS
from harness.domains.views.templates import trained_count, wordings
from harness.items.rows import Question


def classify_reworded(content: Content) -> list[Question]:
    """The held-out questions of `classify` in the held-out wording; empty if no wording is held out."""
    return _reworded(content, "classify")


def answer_reworded(content: Content) -> list[Question]:
    """The held-out questions of `answer` in the held-out wording; empty if no wording is held out."""
    return _reworded(content, "answer")


def _reworded(content: Content, task: str) -> list[Question]:
    templates = wordings(content.domain).get(task, ())
    held_out = templates[trained_count(templates) :]
    return [row for template in held_out for row in QUESTIONS[task](content, template) if row.split != "train"]


VIEWS = {
    "classify_reworded": View(Question, classify_reworded, "which label, in a wording that training never uses"),
    "answer_reworded": View(Question, answer_reworded, "the right reply, in a wording that training never uses"),
}
