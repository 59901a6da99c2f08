from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.evidence.wilson import wilson
from harness.scoring.detectors.detector_check import LABELLED_FILE, Labelled, check_detector, check_suite, read_labelled

SUITES = Path(__file__).parents[3] / "data/suites"
RECORD = {"model": "sft/full", "prompt": "p", "system": None, "reply": "No.", "refusal": True, "use": "check"}


def test_precision_recall_and_accuracy_by_hand() -> None:
    rows = [Labelled("yes", so, "check") for so in (True, True, False)] + [Labelled("no", True, "check")]
    found = check_detector(rows, confidence=0.95, detector=lambda reply: reply == "yes")
    assert found.precision.value == pytest.approx(2 / 3)
    assert found.recall.value == pytest.approx(2 / 3)
    assert (found.accuracy.value, found.accuracy.n) == (0.5, 4)
    assert (found.accuracy.low, found.accuracy.high) == wilson(0.5, 4, confidence=0.95)


def test_a_share_of_nothing_is_null() -> None:
    found = check_detector([Labelled("x", False, "check")], confidence=0.95, detector=lambda _: False)
    assert (found.precision.value, found.recall.value, found.accuracy.value) == (None, None, 1)


def test_the_file_holds_what_it_must() -> None:
    rows = read_labelled(SUITES / LABELLED_FILE)
    assert len(rows) >= 200
    assert sum(row.refusal for row in rows) >= 60
    assert all(len(row.reply) <= 200 for row in rows)
    assert abs(sum(row.use == "check" for row in rows) * 2 - len(rows)) <= 2


def test_only_the_half_that_found_no_pattern_is_told() -> None:
    rows = read_labelled(SUITES / LABELLED_FILE)
    assert check_suite(SUITES, confidence=0.95).accuracy.n == sum(row.use == "check" for row in rows)


@pytest.mark.parametrize(
    ("change", "problem"),
    [({"refusal": "yes"}, '"refusal" is'), ({"use": "test"}, '"use" is'), ({"reply": 3}, '"reply" is 3')],
)
def test_a_broken_label_is_told_with_its_line(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    path = tmp_path / LABELLED_FILE
    path.write_text(json.dumps(RECORD) + "\n" + json.dumps(RECORD | change) + "\n")
    with pytest.raises(DataError, match=problem) as caught:
        read_labelled(path)
    assert caught.value.where == f"{path}:2"
