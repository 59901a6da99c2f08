"""View `preferences`: the right answer against a plausible wrong one, for reward models and preference optimisation."""

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
"""Largest number of rows per item with an answer, one row per wrong answer."""

CANDIDATES = 10_000
"""Number of training items that are searched for a neighbour; later ones are ignored. The cost is this number times the
number of all items. The built-in domains have fewer training items."""

CHUNK = 256
"""Items that are compared at once: 256 x 10,000 similarities take 20 MB."""


def preferences_view(content: Content) -> list[Preference]:
    """Rows for answers (id `...-answer-0`), labels (id `...-label`) and rated texts (id `...-compare-0`), if the domain
    has these tasks."""
    return content.mixed([*_answers(content), *_labels(content), *_compared(content)])


def _answers(content: Content) -> list[Preference]:
    """The right answer against up to three wrong ones, most plausible first, with those that people ranked lower."""
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


def _compared(content: Content) -> list[Preference]:
    """The better of two rated texts against the worse, as answers to the prompt that all pairs share."""
    task = content.domain.compare
    if task is None:
        return []
    return [
        Preference(
            id=f"{item.id}-compare-{place}",
            split=content.split[item.id],
            cluster=item.cluster,
            prompt=task.prompt,
            chosen=better,
            rejected=worse,
        )
        for item, better in answered(content)
        for place, worse in enumerate(distinct(item.wrong_answers, apart_from=[better])[:REJECTED])
    ]


def _labels(content: Content) -> list[Preference]:
    """The right label against the label of the most similar training item with another label."""
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
    """For each known item, the label of the nearest training item with another label; None if there is none.

    Distance is the cosine of TF-IDF over character 3- to 5-grams within words. Of equally near items the first counts.
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
        best = near.argmax(axis=1)  # the first of equally near items
        found += [str(label_of_column[column]) if near[row, column] >= 0 else None for row, column in enumerate(best)]
    return found


VIEWS = {"preferences": View(Preference, preferences_view, "the right answer or label against a plausible wrong one")}
