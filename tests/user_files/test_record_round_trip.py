from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.items.item import Item
from harness.user_files.reading import read_items
from tests.user_files.writers import WRITERS, Facts
from tests.user_files.written_containers import FLAT, NESTED, write_container

CASES = [
    (name, kind, zipped)
    for name, writer in WRITERS.items()
    for kind, zipped in product(FLAT if writer.flat else NESTED, (False, True))
]

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SAMPLES = [
    'He said "hi", and left',
    "two\nlines",
    "a,b;c\td",
    "שלום עולם",
    "naïve 漢字 🙂",
    "' OR 1=1",
    "=SUM(A1)",
    "a\r\nb",
]

words = st.one_of(
    st.sampled_from(SAMPLES),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0" + OVERRIDES), min_size=1, max_size=30),
)
MISSING = ("nan", "none", "null", "[]", "{}")  # how programs write a missing value as text
usable = words.map(str.strip).filter(lambda text: text and "|" not in text and text.casefold() not in MISSING)
facts = st.lists(usable, min_size=4, max_size=4, unique=True).map(tuple)


def contents(items: list[Item]) -> list[Item]:
    return [replace(item, id="", cluster="") for item in items]


@pytest.mark.parametrize(("name", "kind", "zipped"), CASES)
@given(rows=st.lists(facts, min_size=2, max_size=5, unique_by=lambda row: row[0]))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_a_format_writes_is_read_back_from_every_container(
    name: str, kind: str, zipped: bool, tmp_path: Path, rows: list[Facts]
) -> None:
    writer = WRITERS[name]
    path = write_container(tmp_path, [writer.record(row) for row in rows], kind=kind, zipped=zipped)
    reading = read_items(path)
    assert reading.format == name.partition(",")[0]
    assert contents(reading.items) == [writer.item(row) for row in rows]
    assert reading.records == len(rows)


@given(rows=st.lists(facts, min_size=2, max_size=5, unique_by=lambda row: row[0]))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_ids_are_the_same_whatever_the_container_and_the_order(tmp_path: Path, rows: list[Facts]) -> None:
    records = [WRITERS["preference"].record(row) for row in rows]
    forward = read_items(write_container(tmp_path, records, kind="csv")).items
    backward = read_items(write_container(tmp_path, records[::-1], kind="parquet")).items
    assert sorted(forward, key=lambda item: item.id) == sorted(backward, key=lambda item: item.id)


@given(st.lists(usable.filter(lambda text: text[0] != "\ufeff" and "\n" not in text and "\r" not in text), min_size=2))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_paragraphs_of_a_text_file_are_documents(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "book.txt"
    path.write_bytes("\n \n\n".join(texts).encode())
    reading = read_items(path)
    assert reading.format == "plain_text"
    assert [item.text for item in reading.items] == texts
    assert all(item.is_document for item in reading.items)
