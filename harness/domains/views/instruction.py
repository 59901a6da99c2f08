"""Every task of the domain in the words of several templates, mixed, for instruction tuning.

After FLAN (Wei et al. 2022, arXiv:2109.01652), with one wording per task kept from training, so that a score can tell
the task from its words.
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
    """Training: one row per question of each task, templates in equal shares, the held-out ones never.
    Validation and test: one row per question and template, the held-out ones included.

    The id is that of the question with task and template: `0101.21-classify-2`. Rows of all tasks are mixed.
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
"""Task -> its questions in the words of a template; the same questions in the same order for each template."""


def _shown(content: Content, task: str, questions: Sequence[Question], *, count: int) -> dict[str, int]:
    """Training question -> its template.

    Dealt out in an order of its own: in that of the questions, two templates would give each direction of
    translation the same one every time.
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
