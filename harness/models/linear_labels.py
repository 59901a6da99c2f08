"""Linear models over the labels of a domain: what TF-IDF and SetFit share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.errors import RunFailed
from harness.items.rows import Question

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def require_two_labels(train: Sequence[Question]) -> None:
    """Refuse what no classifier can be fitted to.

    Raises:
        RunFailed: all items have the same label.
    """
    labels = {question.answer for question in train}
    if len(labels) < 2:
        raise RunFailed(f"refused: all {len(train)} training items have the label {labels.pop()!r}")


def label_log_proba(
    logits: npt.NDArray[np.floating], *, classes: Sequence[str], labels: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Log-probabilities, shape (texts, labels), of the scores that scikit-learn's weights give.

    `logits`: (texts, classes), or (texts, 1) for two classes. A label that is no class gets the text's smallest.
    """
    import numpy as np
    from scipy.special import log_softmax

    if len(classes) == 2:  # scikit-learn keeps one row of weights for two classes
        logits = np.hstack([-logits, logits]) / 2
    known = log_softmax(logits, axis=1)
    place = {name: column for column, name in enumerate(classes)}
    unseen = known.min(axis=1)
    columns = [known[:, place[label]] if label in place else unseen for label in labels]
    return np.stack(columns, axis=1)
