from __future__ import annotations

import pytest

from harness.display.metrics import metric_heading, metric_text


@pytest.mark.parametrize(
    ("name", "heading"), [("accuracy", "accuracy, %"), ("kl_to_base", "kl_to_base, nats"), ("auc", "auc")]
)
def test_a_heading_has_the_unit(name: str, heading: str) -> None:
    assert metric_heading(name) == heading


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("accuracy", 0.7123, "71.2"),
        ("drop", -0.031, "-3.1"),
        ("auc", 0.6449, "0.64"),
        ("kl_to_base", 0.3901, "0.390"),
        ("cross_entropy_change", 0.1264, "+0.126"),
        ("bias_ambiguous", -0.031, "-0.03"),
        ("accuracy", None, "—"),
    ],
)
def test_shares_are_per_cent_and_others_keep_their_unit(name: str, value: float | None, text: str) -> None:
    assert metric_text(name, value) == text
