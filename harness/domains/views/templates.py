"""Prompt templates of the tasks: the domain's own, or generic ones that fit any domain."""

from __future__ import annotations

import re

from harness.config.domain import Domain

HOLD_OUT_FROM = 3
"""A task with at least this many wordings holds its last one out from training, to measure whether a model learned the
task or its wording."""

GENERIC: dict[str, tuple[str, ...]] = {
    "classify": (
        "Which category fits this text best?\nText: {text}",
        "Assign the following to one of the known categories.\n\n{text}",
        "{text}\n\nWhat is the right category for the text above?",
        "Read the text and name its category. Write the category only.\n{text}",
        'How would you classify this?\n"{text}"',
    ),
    "answer": (
        "Question: {text}\nAnswer:",
        "Please reply to the following.\n\n{text}",
        "{text}\n\nWrite a short and correct reply to the text above.",
        "Somebody asks: {text}\nWhat do you say?",
        "Here is a request. Respond to it as an expert would.\n{text}",
    ),
    "describe": (
        "{title}: what does the code {code} stand for?",
        "Give the description of code {code} ({title}).",
        "I found the code {code} in a record. What does it mean? It comes from: {title}",
        "Code: {code}\nSystem: {title}\nDescription:",
        "Look up {code} in this system and write out what it means: {title}",
    ),
    "translate": (
        "Translate into {language}: {text}",
        "How do you say this in {language}?\n{text}",
        "{text}\n\nWrite the text above in {language}.",
        "Please give the {language} version of the following.\n\n{text}",
        "A reader knows {language} only. Put this into words for them, and change nothing else.\n{text}",
    ),
}
"""Task -> wordings for a domain file that gives none besides `prompt`. `{title}` is the title of the domain."""


def fill(template: str, **values: str) -> str:
    """Replace each `{name}` by its value. All are replaced in one pass, so braces within a value stay as they are."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), template)


def wordings(domain: Domain) -> dict[str, tuple[str, ...]]:
    """Task of the domain -> all its templates. The first is the fixed `prompt` of the task's view.

    A wording that is given twice counts once.
    """
    tasks = {
        "classify": domain.classify,
        "answer": domain.answer,
        "describe": domain.describe,
        "translate": domain.translate,
    }
    found: dict[str, tuple[str, ...]] = {}
    for name, task in tasks.items():
        if task is not None:
            others = task.templates or _generic(name, domain, options="{labels}" in task.prompt)
            found[name] = tuple(dict.fromkeys([task.prompt, *others]))
    return found


def template_id(task: str, place: int) -> str:
    """The id of a template: `classify/0`."""
    return f"{task}/{place}"


def trained_count(templates: tuple[str, ...]) -> int:
    """How many of a task's templates training may use, counted from the first."""
    return len(templates) - (len(templates) >= HOLD_OUT_FROM)


def held_out_templates(domain: Domain) -> frozenset[str]:
    """Ids of the templates that no training row uses: the last one of each task with at least `HOLD_OUT_FROM`."""
    return frozenset(
        template_id(task, place)
        for task, templates in wordings(domain).items()
        for place in range(trained_count(templates), len(templates))
    )


def _generic(task: str, domain: Domain, *, options: bool) -> list[str]:
    """The generic wordings. `options`: add a list of the labels, because the domain's own prompt has one."""
    ending = "\nOptions: {labels}" if options else ""
    return [template.replace("{title}", domain.title) + ending for template in GENERIC[task]]
