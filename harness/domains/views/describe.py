"""View `describe`: say what a code stands for."""

from __future__ import annotations

from harness.domains.views.contract import Content, View
from harness.domains.views.multiple_choice import multiple_choice
from harness.domains.views.templates import fill
from harness.items.rows import Question


def describe_view(content: Content) -> list[Question]:
    """One question per item with a code; `choices` are its description and up to three of sibling codes."""
    task = content.domain.describe
    return describe_questions(content, task.prompt) if task else []


def describe_questions(content: Content, template: str) -> list[Question]:
    """The questions with the prompt `template`, in which `{code}` is replaced."""
    return [
        Question(
            id=item.id,
            split=content.split[item.id],
            cluster=item.cluster,
            text=item.code,
            prompt=fill(template, code=item.code),
            choices=multiple_choice(item.text, content.wrong_answers(item), rng=content.rng(f"describe: {item.id}")),
            answer=item.text,
        )
        for item in content.ordered
        if item.code
    ]


VIEWS = {"describe": View(Question, describe_view, "what does this code stand for")}
