"""Views such as `classify_typos`: the test questions of `classify` and `answer` with noisy texts.

They measure robustness. Only the item's text changes, not the prompt around it, the choices or the answer. The ids stay
the same, so a score can be paired with the score of the same items without noise.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from harness.augment.noise import abbreviated, typos, upper_case, with_emoji
from harness.domains.views.answer import answer_view
from harness.domains.views.classify import classify_prompt, classify_view
from harness.domains.views.contract import Content, View
from harness.domains.views.templates import fill
from harness.items.rows import Question

Change = Callable[[str, random.Random], str]

CHANGES: dict[str, tuple[Change, str]] = {
    "typos": (lambda text, rng: typos(text, rng=rng), "with typos"),
    "upper": (lambda text, _: upper_case(text), "in upper case"),
    "emoji": (lambda text, rng: with_emoji(text, rng=rng), "with emoji"),
    "abbreviated": (lambda text, _: abbreviated(text), "with abbreviations"),
}
"""Suffix of the view's name -> the function that changes a text, and its description on data cards."""


def classify_perturbed(content: Content, change: Change) -> list[Question]:
    """The test questions of `classify` with changed texts. There are no training and validation rows."""
    task = content.domain.classify
    if task is None:
        return []
    return [
        replace(row, text=text, prompt=classify_prompt(task.prompt, text, content.labels))
        for row, text in _changed(content, classify_view(content), change)
    ]


def answer_perturbed(content: Content, change: Change) -> list[Question]:
    """The test questions of `answer` with changed texts. There are no training and validation rows."""
    task = content.domain.answer
    if task is None:
        return []
    return [
        replace(row, text=text, prompt=fill(task.prompt, text=text))
        for row, text in _changed(content, answer_view(content), change)
    ]


def _changed(content: Content, rows: list[Question], change: Change) -> list[tuple[Question, str]]:
    return [(row, change(row.text, content.rng(row.id))) for row in rows if row.split == "test"]


def _view(build: Callable[[Content, Change], list[Question]], name: str, *, about: str) -> View:
    change, manner = CHANGES[name]
    return View(Question, lambda content: build(content, change), f"{about}, of the test texts {manner}")


VIEWS = {
    **{f"classify_{name}": _view(classify_perturbed, name, about="which label") for name in CHANGES},
    **{f"answer_{name}": _view(answer_perturbed, name, about="what is the right reply") for name in CHANGES},
}
