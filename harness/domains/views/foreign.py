"""Views `classify_foreign` and `answer_foreign`: the same questions with texts in the domain's second language.

The prompt around the text and the ids stay the same, so a score can be paired with the score of the same items in the
domain's first language.
"""

from __future__ import annotations

from dataclasses import replace

from harness.domains.views.answer import answer_view
from harness.domains.views.classify import classify_prompt, classify_view
from harness.domains.views.contract import Content, View
from harness.domains.views.templates import fill
from harness.items.rows import Question


def classify_foreign_view(content: Content) -> list[Question]:
    """The questions of `classify` whose item has a text in the second language. The labels stay the same."""
    task = content.domain.classify
    if task is None:
        return []
    foreign = {item.id: item.foreign_text for item in content.items}
    return [
        replace(row, text=text, prompt=classify_prompt(task.prompt, text, content.labels))
        for row in classify_view(content)
        if (text := foreign[row.id])
    ]


def answer_foreign_view(content: Content) -> list[Question]:
    """The questions of `answer` whose item has both text and answer in the second language.

    They have no choices: the wrong answers are in the domain's first language, which would give them away.
    """
    task = content.domain.answer
    if task is None:
        return []
    foreign = {item.id: (item.foreign_text, item.foreign_answer) for item in content.items}
    questions: list[Question] = []
    for row in answer_view(content):
        text, answer = foreign[row.id]
        if text and answer:
            prompt = fill(task.prompt, text=text)
            questions.append(replace(row, text=text, prompt=prompt, choices=(), answer=answer, references=()))
    return questions


VIEWS = {
    "classify_foreign": View(Question, classify_foreign_view, "which label, of the text in the second language"),
    "answer_foreign": View(Question, answer_foreign_view, "what is the right reply, in the second language"),
}
