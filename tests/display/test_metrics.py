from __future__ import annotations

import pytest

from harness.display.metrics import Unit, metric_heading, metric_text


@pytest.mark.parametrize(
    ("name", "unit", "heading"),
    [("accuracy", "share", "accuracy, %"), ("kl_to_base", "nats", "kl_to_base, nats"), ("auc", "score", "auc")],
)
def test_a_heading_has_the_unit(name: str, unit: Unit, heading: str) -> None:
    assert metric_heading(name, unit) == heading


@pytest.mark.parametrize(
    ("value", "unit", "signed", "text"),
    [
        (0.7123, "share", False, "71.2"),
        (-0.031, "share", True, "-3.1"),
        (0.031, "share", True, "+3.1"),
        (0.6449, "score", False, "0.64"),
        (0.3901, "nats", False, "0.390"),
        (0.1264, "nats", True, "+0.126"),
        (-0.031, "score", True, "-0.03"),
        (None, "share", False, "—"),
    ],
)
def test_shares_are_per_cent_and_others_keep_their_unit(
    value: float | None, unit: Unit, signed: bool, text: str
) -> None:
    assert metric_text(value, unit, signed=signed) == text
