"""View `answer`: write the reply to a text. It is the main task of domains without labels."""

from __future__ import annotations

from harness.domains.views.contract import Content, View
from harness.domains.views.multiple_choice import WRONG, distinct, multiple_choice
from harness.domains.views.templates import fill
from harness.items.item import Item
from harness.items.rows import Question


def answer_view(content: Content) -> list[Question]:
    """One question per item with an answer; empty if the domain has no `answer` task.

    `choices` are the right answer and the first of the item's wrong answers, `answer.choices` in all. So the same rows
    can be scored as free text and as multiple choice. An item without wrong answers has no choices.
    """
    task = content.domain.answer
    return answer_questions(content, task.prompt) if task else []


def answer_questions(content: Content, template: str) -> list[Question]:
    """The questions with the prompt `template`, in which `{text}` is replaced."""
    most_wrong = content.domain.answer.choices - 1 if content.domain.answer else WRONG
    return [
        Question(
            id=item.id,
            split=content.split[item.id],
            cluster=item.cluster,
            text=item.text,
            prompt=fill(template, text=item.text),
            choices=multiple_choice(
                answer,
                content.wrong_answers(item),
                rng=content.rng(f"answer: {item.id}"),
                others=item.other_answers,
                most_wrong=most_wrong,
            ),
            answer=answer,
            references=tuple(distinct(item.other_answers, apart_from=[answer])),
        )
        for item, answer in answered(content)
    ]


def answered(content: Content) -> list[tuple[Item, str]]:
    """(item, answer) of the items that have an answer, in the order of `content.ordered`."""
    return [(item, item.answer) for item in content.ordered if item.answer]


VIEWS = {"answer": View(Question, answer_view, "what is the right reply, in free text or among three wrong ones")}
