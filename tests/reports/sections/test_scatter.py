from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports.contract.rows import MachineCell
from harness.reports.sections.picture.axes import Axis, tick_text
from harness.reports.sections.picture.labels import CHARACTER, LINE, Box, placed
from harness.reports.sections.picture.picture_file import picture_svg
from harness.reports.sections.picture.scatter import picture, short_names
from tests.reports.invented_rows import invented_board, invented_row

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [
    invented_row("sft/full", 0.80, best=True, usd=0.05, memory_mb=5800.0),
    invented_row("peft/lora", 0.80, best=True, usd=0.06, memory_mb=900.0),
    invented_row("peft/<b>&", 0.50, best=False, usd=0.001, memory_mb=300.0),
    invented_row("peft/ia3", 0.40, best=False, usd=0.9, memory_mb=9000.0),
    invented_row("peft/far", 0.70, best=True, machine=MachineCell(usual=False)),
    invented_row("peft/failed", None),
]


def marks(drawing: str) -> list[tuple[str, str]]:
    """(class, title) of each mark."""
    found = [one for one in ElementTree.fromstring(drawing).iter() if "mark" in one.get("class", "").split()]
    return [(one.get("class", ""), one.findtext(f"{SVG}title", "")) for one in found]


def test_each_panel_marks_each_scored_row_by_what_it_is() -> None:
    drawing = picture(ROWS, invented_board(ROWS).protocol, domain="goods")
    kinds = {title.partition(":")[0]: kind for kind, title in marks(drawing)[:5]}
    assert kinds == {
        "sft/full": "mark tie behind",
        "peft/lora": "mark tie",
        "peft/<b>&": "mark front",
        "peft/ia3": "mark behind",
        "peft/far": "mark apart",
    }
    assert len(marks(drawing)) == 10
    assert "peft/lora: accuracy 80 %, training memory 0.9 GB" in [title for _, title in marks(drawing)]


def test_the_file_brings_its_colours_and_the_same_rows_give_the_same_bytes() -> None:
    protocol = invented_board(ROWS).protocol
    assert "<style>" in picture_svg(ROWS, protocol, domain="goods")
    assert picture_svg(ROWS, protocol, domain="goods") == picture_svg(ROWS, protocol, domain="goods")
    assert picture(ROWS[5:], protocol, domain="goods") == ""


def test_names_are_short_where_they_are_unique() -> None:
    assert short_names(["peft/lora", "sft/full", "lowresource/lora"]) == ["peft/lora", "full", "lowresource/lora"]


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=20))
def test_values_and_ticks_lie_on_the_axis(values: list[float]) -> None:
    axis = Axis.of(values)
    assert all(0 < axis.place(value) < 1 for value in values)
    assert all(-1e-9 <= axis.place(tick) <= 1 + 1e-9 for tick in axis.ticks())
    assert len(axis.ticks()) <= 14


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.0005, "0.0005"), (12.0, "12"), (2000.0, "2,000"), (0.25, "0.25"), (-20.0, "-20")]
)
def test_ticks_are_written_without_an_exponent(value: float, text: str) -> None:
    assert tick_text(value) == text


@given(st.lists(st.tuples(st.floats(20, 380), st.floats(20, 280)), max_size=25))
def test_labels_cover_neither_points_nor_each_other(points: list[tuple[float, float]]) -> None:
    room = Box(0, 0, 400, 300)
    found = placed([(f"name {i}", *point) for i, point in enumerate(points)], points, within=room)
    boxes = []
    for label in found:
        wide = CHARACTER * len(label.text)
        left = label.x - wide * {"start": 0, "middle": 0.5, "end": 1}[label.anchor]
        boxes.append(Box(left, label.y - LINE + 3, left + wide, label.y + 3))
    assert not any(one.meets(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert all(
        math.dist(point, (box.left, box.top)) >= 0 and not box.meets(Box(*point, *point))
        for box in boxes
        for point in points
    )
