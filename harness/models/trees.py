"""Boosted trees as plain arrays: saved as safetensors, because scikit-learn saves them as a pickle only."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NODE = ("feature_idx", "num_threshold", "missing_go_to_left", "left", "right", "is_leaf", "value")
"""Fields of the nodes of scikit-learn's `TreePredictor` that a prediction reads."""


@dataclass(frozen=True)
class Trees:
    """All trees of a `HistGradientBoostingClassifier` on numeric columns; one row per node, tree after tree."""

    feature: npt.NDArray[np.int64]
    threshold: npt.NDArray[np.float64]
    """Values up to it go left."""
    missing_left: npt.NDArray[np.uint8]
    """1: a missing value (NaN) goes left."""
    left: npt.NDArray[np.int64]
    """Row of the left child; of a leaf, the leaf itself."""
    right: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    """What a leaf adds to the score."""
    roots: npt.NDArray[np.int64]
    """Shape (rounds, scores): row of the root of each tree. There is one score per class, or one for two classes."""
    start: npt.NDArray[np.float64]
    """Shape (scores,): the scores before the first tree."""

    @classmethod
    def of(cls, model: Any) -> Trees:
        """The trees of a fitted model."""
        import numpy as np

        trees = [tree.nodes for of_round in model._predictors for tree in of_round]
        first = np.cumsum([0, *(len(nodes) for nodes in trees)])
        stacked = {name: np.concatenate([nodes[name] for nodes in trees]) for name in NODE}
        base = np.repeat(first[:-1], np.diff(first))
        own, is_leaf = np.arange(first[-1]), stacked["is_leaf"].astype(bool)
        return cls(
            feature=stacked["feature_idx"].astype(np.int64),
            threshold=stacked["num_threshold"].astype(np.float64),
            missing_left=stacked["missing_go_to_left"].astype(np.uint8),
            left=np.where(is_leaf, own, stacked["left"].astype(np.int64) + base),
            right=np.where(is_leaf, own, stacked["right"].astype(np.int64) + base),
            value=stacked["value"].astype(np.float64),
            roots=first[:-1].reshape(len(model._predictors), -1).astype(np.int64),
            start=np.asarray(model._baseline_prediction, dtype=np.float64).ravel(),
        )

    def scores(self, columns: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Shape (rows, scores): logits of each class, or the logit of the second of two classes.

        `columns`: shape (rows, columns), with NaN for missing values.
        """
        import numpy as np

        rows = np.arange(len(columns))[:, None]
        place = np.broadcast_to(self.roots.ravel(), (len(columns), self.roots.size))
        while True:
            values = columns[rows, self.feature[place]]
            goes_left = np.where(np.isnan(values), self.missing_left[place] == 1, values <= self.threshold[place])
            following = np.where(goes_left, self.left[place], self.right[place])
            if (following == place).all():
                break
            place = following
        found: npt.NDArray[np.float64] = (
            self.value[place].reshape(len(columns), *self.roots.shape).sum(axis=1) + self.start
        )
        return found

    def save(self, path: Path) -> None:
        """Write all arrays."""
        import numpy as np
        from safetensors.numpy import save_file

        save_file({one.name: np.ascontiguousarray(getattr(self, one.name)) for one in fields(self)}, path)

    @classmethod
    def load(cls, path: Path) -> Trees:
        """Read what `save` wrote."""
        from safetensors.numpy import load_file

        return cls(**load_file(path))
