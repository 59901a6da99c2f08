from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project
from harness.domains.builders.icd10 import TABULAR, build, sample
from harness.domains.items import Item
from harness.domains.prepare import prepare
from harness.domains.views import ordered
from harness.errors import DataError
from tests.tree import ROOT

CHAPTER = """
<chapter><name>1</name><desc>Invented fevers (A00-A09)</desc>
  <section id="A00-A09"><desc>All of them (A00-A09)</desc>
    <diag><name>A00</name><desc>Blue fever</desc>
      <diag><name>A00.0</name><desc>Blue fever with   spots
        &amp; stripes</desc><inclusionTerm><note>Azure fever</note></inclusionTerm></diag>
      <diag><name>A00.1</name><desc>Blue fever of the ear</desc>
        <diag placeholder="true"><name>A00.1X</name><desc>Blue fever of the left ear</desc>
          <sevenChrDef><extension char="A">initial encounter</extension></sevenChrDef></diag>
      </diag>
    </diag>
    <diag><name>A01</name><desc>Green fever</desc></diag>
  </section>
</chapter>
"""


def write_list(folder: Path, content: str, *, root: str = "ICD10CM.tabular") -> Path:
    path = folder / TABULAR
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?><{root}><version>1</version>{content}</{root}>')
    return path


def category(name: str) -> str:
    leaves = (f"<diag><name>{name}.{place}</name><desc>Ailment {name}.{place}</desc></diag>" for place in range(3))
    return f"<diag><name>{name}</name><desc>Ailments</desc>{''.join(leaves)}</diag>"


def chapter(number: int) -> str:
    """Six categories of three diagnoses each."""
    categories = (category(f"{chr(64 + number)}{place}") for place in range(10, 16))
    return f"<chapter><name>{number}</name><section>{''.join(categories)}</section></chapter>"


def diagnoses(sizes: list[int]) -> list[Item]:
    return [
        Item(id=f"{category}.{place}", text="x", label="1", cluster=str(category))
        for category, size in enumerate(sizes)
        for place in range(size)
    ]


def test_only_leaves_become_items_with_their_category_as_cluster(tmp_path: Path) -> None:
    write_list(tmp_path, CHAPTER)
    assert build(tmp_path, {}) == [
        Item(id="A00.0", text="Blue fever with spots & stripes", label="1", cluster="A00"),
        Item(id="A00.1X", text="Blue fever of the left ear", label="1", cluster="A00"),
        Item(id="A01", text="Green fever", label="1", cluster="A01"),
    ]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.integers(1, 120))
def test_a_category_lends_one_more_only_when_the_others_have_lent_as_many(sizes: list[int], size: int) -> None:
    items = diagnoses(sizes)
    drawn = Counter(item.cluster for item in sample(items, size))
    assert drawn.total() == min(size, len(items))
    most = max(drawn.values())
    assert all(drawn[str(category)] >= min(most - 1, available) for category, available in enumerate(sizes))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.integers(1, 60), st.integers(0, 60))
def test_a_smaller_sample_is_part_of_a_larger_one_whatever_the_order(sizes: list[int], size: int, more: int) -> None:
    items = diagnoses(sizes)
    small, large = sample(items, size), sample(items[::-1], size + more)
    assert {item.id for item in small} <= {item.id for item in large}


def test_who_was_drawn_early_does_not_come_first_in_the_views() -> None:
    items = diagnoses([50] * 40)
    first, last = sample(items, 40), sample(items, 2000)
    early = {item.id for item in first}
    places = [place for place, item in enumerate(ordered(last, 0)) if item.id in early]
    assert 700 < sum(places) / len(places) < 1300  # the middle of 2,000 is 1,000; first would be 20


def test_the_domain_names_every_chapter_and_can_be_prepared(project: Project) -> None:
    source = project.source_folder("simple_icd_10_cm")
    write_list(source, "".join(map(chapter, range(1, 23))))
    (source / "ORIGIN.json").write_text('{"origin": "invented", "licence": "CC0-1.0"}')
    path = project.root / "data/domains/icd10.yaml"
    path.write_text(path.read_text().replace("n: 400", "n: 22").replace("t: 400", "t: 44"))
    facts = prepare(project, "icd10")
    assert facts["labels"] == sorted(project.domain("icd10").classify.label_names.values())
    assert len(facts["labels"]) == 22
    assert set(facts["views"]) == {"classify", "claims"}


def test_the_pinned_source_has_the_file_that_is_read() -> None:
    from harness.config.source import WheelSource
    from harness.sources.selection import wanted

    source = Project(ROOT).source("simple_icd_10_cm")
    assert isinstance(source, WheelSource)
    assert wanted(TABULAR, source.files)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "has no chapters"),
        ("<chapter></chapter>", "a chapter has no name at or after the start of the list"),
        ("<chapter><name>1</name><diag><desc>x</desc></diag></chapter>", "no name at or after the start of chapter 1"),
        ("<chapter><name>1</name><diag><name>A00</name></diag></chapter>", "a diag has no desc at or after A00"),
        ("<chapter><name>1</name><diag><name>A00</name><desc> </desc></diag></chapter>", "a diag has no desc"),
        ("<chapter>", "not the expected XML: mismatched tag"),
        ("&chapter;", "not the expected XML: undefined entity"),
    ],
)
def test_a_list_of_another_layout_is_refused_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    path = write_list(tmp_path, content)
    with pytest.raises(DataError, match=message) as raised:
        build(tmp_path, {})
    assert raised.value.where == str(path)


def test_a_list_that_declares_entities_is_refused_before_they_are_expanded(tmp_path: Path) -> None:
    path = write_list(tmp_path, CHAPTER)
    nested = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(20))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "boom">{nested}]><x><chapter>&e20;</chapter></x>'
    path.write_text(bomb)
    with pytest.raises(DataError, match="declares a document type") as raised:
        build(tmp_path, {})
    assert raised.value.where == str(path)


@pytest.mark.parametrize("encoding", ["nonsense", "utf-32"])
def test_an_encoding_that_cannot_be_read_is_refused(tmp_path: Path, encoding: str) -> None:
    path = write_list(tmp_path, CHAPTER)
    path.write_text(path.read_text().replace("utf-8", encoding))
    with pytest.raises(DataError, match="not the expected XML"):
        build(tmp_path, {})


def test_a_missing_list_names_the_verb(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        build(tmp_path, {})
    assert "harness fetch" in str(raised.value)


@pytest.mark.parametrize("size", [0, -1, True, "6000", 2.5])
def test_a_sample_size_that_is_no_count_is_refused(tmp_path: Path, size: object) -> None:
    write_list(tmp_path, CHAPTER)
    with pytest.raises(DataError, match=r'"items" is') as raised:
        build(tmp_path, {"items": size})
    assert raised.value.where == "options"


def test_a_misspelt_option_gets_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='unknown option "item"') as raised:
        build(tmp_path, {"item": 5})
    assert 'did you mean "items"?' in str(raised.value)
