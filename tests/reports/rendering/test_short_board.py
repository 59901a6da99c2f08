from __future__ import annotations

import re

from harness.reports.rendering.readme import block
from harness.reports.rendering.short_board import short_board
from tests.reports.invented_rows import ZERO, invented_board, invented_row

ROWS = [
    invented_row("sft/full", 0.80, best=True, usd=0.05),
    invented_row("baseline/tfidf", 0.75, best=True, usd=0.001, base_model=None),
    invented_row("lowresource/setfit", 0.60, best=False, usd=0.0001),
    invented_row(ZERO, 0.20, best=False, trainable_parameters=0),
]
ELSEWHERE = [row.model_copy(update={"domain": "services"}) for row in ROWS]


def tables(text: str) -> list[list[str]]:
    return [block.strip().split("\n") for block in re.findall(r"(?:^\|.*\n?)+", text, flags=re.MULTILINE)]


def test_the_board_gives_answer_picture_and_one_narrow_table_per_domain() -> None:
    text = short_board(invented_board([*ROWS, *ELSEWHERE]))
    for domain in ("goods", "services"):
        assert f"## {domain}\n\n**Full** (sft/full) has the highest score: 80.0" in text
        assert f"](figures/board-{domain}.svg)" in text
    found = tables(text)
    assert len(found) == 2
    assert all(len(lines) == 2 + len(ROWS) for lines in found)
    assert all(line.count("|") - 1 <= 8 for lines in found for line in lines)
    assert len(text) < 6000


def test_the_readme_has_one_table_of_at_most_eight_columns_for_all_domains() -> None:
    text = block(invented_board([*ROWS, *ELSEWHERE]))
    (found,) = tables(text)
    assert all(line.count("|") - 1 <= 8 for line in found)
    assert [line.split(" | ")[1] for line in found[2:]] == ["sft/full", "baseline/tfidf", ZERO] * 2
    assert text.count("](reports/figures/board-") == 2
    assert "6 of 8 rows" in text
    assert "lowresource/setfit" not in found


def test_a_board_of_one_domain_shows_the_best_of_each_family() -> None:
    (found,) = tables(block(invented_board(ROWS)))
    assert [line.split(" | ")[0].strip("| ") for line in found[2:]] == [row.row_id for row in ROWS]


def test_without_rows_both_say_what_they_can() -> None:
    empty = invented_board([])
    assert short_board(empty).startswith("# Leaderboard")
    assert tables(block(empty)) == []
