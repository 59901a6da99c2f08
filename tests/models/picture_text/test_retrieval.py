"""Recall against chance, and the loss of a dual encoder."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import torch

from harness.models.picture_text.dual_encoder import MOST_SCALE, DualEncoder
from harness.models.picture_text.retrieval import chance, retrieval
from harness.models.towers.efficientnet_lite0 import TINY, EfficientNet


def test_chance_is_the_mean_over_all_orders() -> None:
    right = {0, 1}
    hits = [bool(right & set(order[:2])) for order in permutations(range(5))]
    assert chance(candidates=5, right=2, cut=2) == pytest.approx(np.mean(hits))
    assert chance(candidates=3, right=1, cut=5) == 1


def test_both_directions_count_what_they_should() -> None:
    # pictures 0 and 1 have caption 0, picture 2 has caption 1; nothing has caption 2
    similarities = np.array([[0.9, 0.1, 0.5], [0.2, 0.8, 0.1], [0.3, 0.7, 0.1]])
    found = retrieval(similarities, [0, 0, 1], cuts=(1, 2))
    assert found["image_to_text"]["recall@1"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["image_to_text"]["chance@1"] == pytest.approx(1 / 3, abs=1e-4)
    assert found["text_to_image"]["recall@1"] == 0.5  # caption 1 finds picture 1 first
    assert found["text_to_image"]["recall@2"] == 1
    assert found["text_to_image"]["chance@1"] == pytest.approx((2 / 3 + 1 / 3) / 2, abs=1e-4)


def test_pictures_with_equal_captions_are_not_wrong_for_each_other() -> None:
    torch.manual_seed(0)
    dual = DualEncoder(EfficientNet(TINY), text_width=4, width=8)
    pixels, vectors = torch.randn(1, 3, 32, 32).repeat(4, 1, 1, 1), torch.randn(2, 4)
    same, apart = torch.tensor([0, 0, 0, 0]), torch.tensor([0, 0, 1, 1])
    assert float(dual.loss(pixels, vectors[:1], same).detach()) == pytest.approx(np.log(4) / 2, abs=1e-5)
    loss = dual.loss(pixels, vectors, apart)
    loss.backward()  # type: ignore[no-untyped-call]
    assert float(loss.detach()) > np.log(2)
    assert dual.scale.grad is not None


def test_the_scale_of_similarities_has_a_limit() -> None:
    dual = DualEncoder(EfficientNet(TINY), text_width=4, width=8)
    torch.nn.init.constant_(dual.scale, 50.0)
    assert float(dual.factor.detach()) == pytest.approx(MOST_SCALE, rel=1e-4)
