"""The questions of `classify` and `answer` put in the domain's second language: a low-resource slice of both.

The prompt around the text stays as it is, and so do the ids: a score on such a view pairs with the score of the same
items in the domain's own language.
"""

from __future__ import annotations

from dataclasses import replace

from harness.domains.views.answer import answer_view
from harness.domains.views.classify import classify_prompt, classify_view
from harness.domains.views.contract import Content, View
from harness.domains.views.templates import fill
from harness.items.rows import Question


def classify_foreign_view(content: Content) -> list[Question]:
    """The questions of `classify` whose item has a text in the second language; labels stay as they are spelled."""
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

    Without choices: the wrong answers are in the domain's own language and would be told by it.
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
