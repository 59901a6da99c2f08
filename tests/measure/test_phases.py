from __future__ import annotations

import pytest

from harness.measure.phases import Phases


def test_phases_add_up_and_count_failures() -> None:
    phases = Phases()
    phases.add("train", 5)
    with pytest.raises(ValueError, match="boom"), phases("train"):
        raise ValueError("boom")
    assert 5 < phases.seconds["train"] < 6
