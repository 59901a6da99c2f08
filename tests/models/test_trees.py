from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.ensemble import HistGradientBoostingClassifier

from harness.models.trees import Trees


@pytest.mark.parametrize("classes", [2, 3])
def test_saved_trees_predict_what_scikit_learn_predicts_also_for_missing_values(tmp_path: Path, classes: int) -> None:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(120, 4))
    labels = np.digitize(columns[:, 0] + columns[:, 1], [-0.5, 0.5] if classes == 3 else [0.0])
    columns[rng.random(columns.shape) < 0.2] = np.nan
    model = HistGradientBoostingClassifier(max_iter=8, min_samples_leaf=3, early_stopping=False).fit(columns, labels)
    Trees.of(model).save(tmp_path / "trees.safetensors")
    found = Trees.load(tmp_path / "trees.safetensors").scores(columns)
    expected = model.predict_proba(columns)
    if classes == 2:
        assert expit(found[:, 0]) == pytest.approx(expected[:, 1])
    else:
        assert softmax(found, axis=1) == pytest.approx(expected)
