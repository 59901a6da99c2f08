"""The right answer against a plausible wrong one, for reward models and preference optimisation."""

from __future__ import annotations

from collections.abc import Sequence

from harness.domains.views.answer import answered
from harness.domains.views.classify import classify_prompt, labelled
from harness.domains.views.contract import Content, View
from harness.domains.views.multiple_choice import distinct
from harness.domains.views.templates import fill
from harness.items.item import Item
from harness.items.rows import Preference

REJECTED = 3
"""Rows per answered item at most, one for each wrong answer."""

CANDIDATES = 10_000
"""Training items that are searched for a neighbour, the first of them: the cost is their number times that of all
items. The built-in domains have fewer."""

CHUNK = 256
"""Items compared at once: 256 x 10,000 similarities are 20 MB."""


def preferences_view(content: Content) -> list[Preference]:
    """Answers of the domain (id `...-answer-0`) and labels (`...-label`), each if the domain has that task."""
    return content.mixed([*_answers(content), *_labels(content)])


def _answers(content: Content) -> list[Preference]:
    """The answer against up to three wrong ones, most plausible first; what people ranked lower is among them."""
    task = content.domain.answer
    if task is None:
        return []
    return [
        Preference(
            id=f"{item.id}-answer-{place}",
            split=content.split[item.id],
            cluster=item.cluster,
            prompt=fill(task.prompt, text=item.text),
            chosen=answer,
            rejected=wrong,
        )
        for item, answer in answered(content)
        for place, wrong in enumerate(
            distinct(content.wrong_answers(item), apart_from=[answer, *item.other_answers])[:REJECTED]
        )
    ]


def _labels(content: Content) -> list[Preference]:
    """The label against that of the training item which looks most alike and has another."""
    task = content.domain.classify
    known = labelled(content)
    if task is None or not known:
        return []
    train = [(item, label) for item, label in known if content.split[item.id] == "train"]
    return [
        Preference(
            id=f"{item.id}-label",
            split=content.split[item.id],
            cluster=item.cluster,
            prompt=classify_prompt(task.prompt, item.text, content.labels),
            chosen=label,
            rejected=wrong,
        )
        for (item, label), wrong in zip(known, nearest_other_labels(known, train[:CANDIDATES]), strict=True)
        if wrong is not None
    ]


def nearest_other_labels(known: Sequence[tuple[Item, str]], train: Sequence[tuple[Item, str]]) -> list[str | None]:
    """For each known item the label of the nearest training item that has another; None if all have the same.

    Nearest by the cosine of TF-IDF over character 3- to 5-grams within words; of equally near ones, the first.
    """
    if not train:
        return [None] * len(known)
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    columns = vectorizer.fit_transform([item.text for item, _ in train]).T.tocsr()
    label_of_column = np.array([label for _, label in train], dtype=object)
    found: list[str | None] = []
    for start in range(0, len(known), CHUNK):
        chunk = known[start : start + CHUNK]
        near = (vectorizer.transform([item.text for item, _ in chunk]) @ columns).toarray().round(9)
        label_of_row = np.array([label for _, label in chunk], dtype=object)
        near[label_of_row[:, None] == label_of_column[None, :]] = -1
        best = near.argmax(axis=1)  # the first of equals
        found += [str(label_of_column[column]) if near[row, column] >= 0 else None for row, column in enumerate(best)]
    return found


VIEWS = {"preferences": View(Preference, preferences_view, "the right answer or label against a plausible wrong one")}
