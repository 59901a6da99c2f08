"""View `classify`: choose the label of a text. It is the main task of domains with labels."""

from __future__ import annotations

from harness.domains.views.contract import Content, View
from harness.domains.views.templates import fill
from harness.items.item import Item
from harness.items.rows import Question


def classify_view(content: Content) -> list[Question]:
    """One question per item with a label; `choices` are all labels of the domain, sorted."""
    task = content.domain.classify
    if task is None:
        return []
    return [
        Question(
            id=item.id,
            split=content.split[item.id],
            cluster=item.cluster,
            text=item.text,
            prompt=classify_prompt(task.prompt, item.text, content.labels),
            choices=content.labels,
            answer=label,
        )
        for item, label in labelled(content)
    ]


def labelled(content: Content) -> list[tuple[Item, str]]:
    """(item, label) of the items that have a label, in the order of `content.ordered`."""
    return [(item, item.label) for item in content.ordered if item.label is not None]


def classify_prompt(template: str, text: str, labels: tuple[str, ...]) -> str:
    """Replace `{text}` in the template by the item's text and `{labels}`, if it occurs, by all labels."""
    return fill(template, text=text, labels=", ".join(labels))


VIEWS = {"classify": View(Question, classify_view, "which label")}
