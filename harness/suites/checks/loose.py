"""The forms of an answer that a loose check accepts.

Source: IFEval (Zhou et al. 2023, arXiv 2311.07911, section 3.1): a model may add "Sure, here it is:" or Markdown.
"""

from __future__ import annotations

from harness.suites.checks.contract import Check


def loose_forms(answer: str) -> list[str]:
    """The answer, also without its first line, its last line and both; each also without asterisks."""
    rows = answer.strip().split("\n")
    cuts = (rows, rows[1:], rows[:-1], rows[1:-1])
    forms = ["\n".join(cut).strip() for cut in cuts]
    return list(dict.fromkeys([*forms, *(form.replace("*", "") for form in forms)]))


def holds_loosely(check: Check, answer: str) -> bool:
    """Whether one of the loose forms passes the check."""
    return any(check.holds(form) for form in loose_forms(answer))
