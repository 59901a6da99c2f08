"""Linear classifiers of a domain's labels, for the methods TF-IDF and SetFit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.errors import RunFailed
from harness.items.rows import Question

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def require_two_labels(train: Sequence[Question]) -> None:
    """Refuse training items that no classifier can be fitted to.

    Raises:
        RunFailed: all items have the same label.
    """
    labels = {question.answer for question in train}
    if len(labels) < 2:
        raise RunFailed(f"refused: all {len(train)} training items have the label {labels.pop()!r}")


def label_log_proba(
    logits: npt.NDArray[np.floating], *, classes: Sequence[str], labels: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Log-probabilities in nats, shape (texts, labels), from the scores of a linear model of scikit-learn.

    `logits`: shape (texts, classes), or (texts, 1) for two classes. A label that is not among the classes gets the
    smallest log-probability of the text.
    """
    import numpy as np
    from scipy.special import log_softmax

    if len(classes) == 2:  # for two classes scikit-learn has one row of weights
        logits = np.hstack([-logits, logits]) / 2
    known = log_softmax(logits, axis=1)
    place = {name: column for column, name in enumerate(classes)}
    unseen = known.min(axis=1)
    columns = [known[:, place[label]] if label in place else unseen for label in labels]
    return np.stack(columns, axis=1)
