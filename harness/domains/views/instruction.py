"""View `instruction`: every task of the domain in several wordings, mixed, for instruction tuning.

It follows FLAN (Wei et al. 2022, arXiv:2109.01652). One wording per task is held out from training, so that a score can
show whether a model learned the task or its wording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.domains.views.answer import answer_questions
from harness.domains.views.classify import classify_prompt, classify_view
from harness.domains.views.contract import Content, View
from harness.domains.views.describe import describe_questions
from harness.domains.views.templates import template_id, trained_count, wordings
from harness.domains.views.translate import translate_questions
from harness.items.rows import Instruction, Question


def instruction_view(content: Content) -> list[Instruction]:
    """One row per training question, and one row per held-out question and template, in mixed order.

    Training rows use the templates in equal shares, and never the held-out template. Validation and test rows use all
    templates. The id is made of the question's id, the task and the number of the template: `0101.21-classify-2`.
    """
    rows: list[Instruction] = []
    for task, templates in wordings(content.domain).items():
        versions = list(zip(*(QUESTIONS[task](content, template) for template in templates), strict=True))
        shown = _shown(content, task, [same[0] for same in versions], count=trained_count(templates))
        for same in versions:
            first = same[0]
            places = [shown[first.id]] if first.split == "train" else range(len(templates))
            rows += [_row(same[place], task, place) for place in places]
    return content.mixed(rows)


def _classify_questions(content: Content, template: str) -> list[Question]:
    return [replace(row, prompt=classify_prompt(template, row.text, content.labels)) for row in classify_view(content)]


QUESTIONS: dict[str, Callable[[Content, str], list[Question]]] = {
    "classify": _classify_questions,
    "answer": answer_questions,
    "describe": describe_questions,
    "translate": translate_questions,
}
"""Task -> a function that makes its questions with a given template. The order of the questions is always the same."""


def _shown(content: Content, task: str, questions: Sequence[Question], *, count: int) -> dict[str, int]:
    """Id of a training question -> number of its template.

    Templates are dealt out in a random order of the questions. In their own order, with two templates, each direction
    of translation would always get the same template.
    """
    train = [question for question in questions if question.split == "train"]
    drawn = sorted(train, key=lambda question: content.rng(f"template of {task}: {question.id}").random())
    return {question.id: turn % count for turn, question in enumerate(drawn)}


def _row(question: Question, task: str, place: int) -> Instruction:
    return Instruction(
        id=f"{question.id}-{task}-{place}",
        split=question.split,
        cluster=question.cluster,
        task=task,
        template=template_id(task, place),
        prompt=question.prompt,
        choices=question.choices,
        answer=question.answer,
    )


VIEWS = {"instruction": View(Instruction, instruction_view, "every task in several wordings, one of them held out")}
