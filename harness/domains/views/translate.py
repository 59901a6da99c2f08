"""View `translate`: translate from the domain's first language into its second one, and back."""

from __future__ import annotations

from harness.domains.views.contract import Content, View
from harness.domains.views.templates import fill
from harness.items.rows import Question


def translate_view(content: Content) -> list[Question]:
    """Two questions per item with a text in the second language, one per direction."""
    task = content.domain.translate
    return translate_questions(content, task.prompt) if task else []


def translate_questions(content: Content, template: str) -> list[Question]:
    """The questions with the prompt `template`, in which `{text}` and `{language}` are replaced.

    The id ends in the code of the target language: `bygglov-001-sv`.
    """
    task = content.domain.translate
    if task is None:
        return []
    own, second = task.languages.items()
    questions: list[Question] = []
    for item in content.ordered:
        if not item.foreign_text:
            continue
        for (code, language), given, wanted in (
            (second, item.text, item.foreign_text),
            (own, item.foreign_text, item.text),
        ):
            questions.append(
                Question(
                    id=f"{item.id}-{code}",
                    split=content.split[item.id],
                    cluster=item.cluster,
                    text=given,
                    prompt=fill(template, text=given, language=language),
                    choices=(),
                    answer=wanted,
                )
            )
    return questions


VIEWS = {"translate": View(Question, translate_view, "the same text in the other language, both ways")}
