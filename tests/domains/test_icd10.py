from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.config.project import Project
from harness.domains.builders.icd10 import TABULAR, build, sample
from harness.domains.collect import collect
from harness.errors import DataError
from harness.items.item import Item, Note, shuffle_key
from harness.preparation.prepare import prepare
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
    leaves = (
        entry(f"{name}.{place}", f"Ailment {name}.{place}", terms=(f"Plight {place} of {name}",)) for place in range(3)
    )
    return entry(name, "Ailments", *leaves)


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


def built(folder: Path, content: str, **options: object) -> dict[str, Item]:
    write_list(folder, content)
    return {item.id: item for item in build(folder, options).items}


def entry(code: str, text: str, *below: str, terms: tuple[str, ...] = ()) -> str:
    notes = "".join(f"<inclusionTerm><note>{term}</note></inclusionTerm>" for term in terms)
    return f"<diag><name>{code}</name><desc>{text}</desc>{notes}{''.join(below)}</diag>"


def test_only_leaves_become_items_with_their_category_as_cluster(tmp_path: Path) -> None:
    items = built(tmp_path, CHAPTER)
    assert [(item.id, item.code, item.text, item.label, item.cluster) for item in items.values()] == [
        ("A00.0", "A00.0", "Blue fever with spots & stripes", "1", "A00"),
        ("A00.1X", "A00.1X", "Blue fever of the left ear", "1", "A00"),
        ("A01", "A01", "Green fever", "1", "A01"),
    ]


def test_the_synonyms_of_a_leaf_should_find_it_and_not_its_siblings(tmp_path: Path) -> None:
    items = built(tmp_path, CHAPTER)
    blue = items["A00.0"]
    assert (blue.anchors, blue.positive) == (("Azure fever",), "Blue fever with spots & stripes")
    assert blue.negatives == ("Blue fever of the left ear", "Green fever")
    assert (items["A01"].anchors, items["A01"].positive, items["A01"].negatives) == ((), None, ())


def test_a_leaf_does_not_inherit_the_synonyms_of_its_parent(tmp_path: Path) -> None:
    fever = entry("A00", "Fever", entry("A00.0", "Blue fever"), entry("A00.1", "Red fever"), terms=("Heat",))
    items = built(tmp_path, f"<chapter><name>1</name>{fever}</chapter>")
    assert [item.anchors for item in items.values()] == [(), ()]


def test_terms_that_are_no_names_of_this_diagnosis_alone_are_left_out_and_counted(tmp_path: Path) -> None:
    terms = ("Blue FEVER", "Azure fever", "azure Fever", "Conditions in A01.-", "Red fever", "Hot", "Vitamin B12 lack")
    leaves = (
        entry("A00.0", "Blue fever", terms=terms),
        entry("A00.1", "Red fever", terms=("hot",)),
        entry("A00.2", "Green fever"),
    )
    write_list(tmp_path, f"<chapter><name>1</name>{entry('A00', 'Fever', *leaves)}</chapter>")
    result = build(tmp_path, {})
    assert [item.anchors for item in result.items] == [("Azure fever", "Vitamin B12 lack"), (), ()]
    counts = {note.what.partition(" were ")[0]: note.count for note in result.notes}
    assert counts["synonyms that repeat the diagnosis or another synonym"] == 2
    assert counts["synonyms that only refer to other codes"] == 1
    assert counts["synonyms of several diagnoses, or with the name of another diagnosis,"] == 3
    assert Note("diagnoses have synonyms, which make retrieval pairs", 1) in result.notes
    assert Note("synonyms are used", 2) in result.notes


def test_wrong_answers_are_the_nearest_siblings_also_from_outside_the_sample(tmp_path: Path) -> None:
    near = entry(
        "A00.1", "Parent", entry("A00.10", "own"), entry("A00.11", "same parent"), entry("A00.12", "same, too")
    )
    category = entry("A00", "Category", entry("A00.0", "same category"), near)
    block = f"<section>{category}{entry('A01', 'same block')}</section>"
    chapter = f"<chapter><name>1</name><section>{entry('B00', 'same chapter')}</section>{block}</chapter>"
    other = f"<chapter><name>2</name>{entry('C00', 'other chapter')}</chapter>"
    items = built(tmp_path, chapter + other)
    assert items["A00.10"].wrong_answers == ("same parent", "same, too", "same category", "same block")
    assert items["B00"].wrong_answers == ("same category", "own", "same parent", "same, too")
    assert items["C00"].wrong_answers == ()
    sampled = built(tmp_path, chapter + other, items=1)
    assert all(item == items[name] for name, item in sampled.items())


@given(data=st.data())
def test_a_missing_code_is_shaped_like_the_real_one_and_in_no_level_of_the_list(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    numbers = st.lists(st.integers(0, 99), min_size=1, max_size=12, unique=True)
    names = data.draw(numbers.map(lambda chosen: [f"A{number:02}" for number in sorted(chosen)]))
    content = "".join(category_of(name, data.draw(st.sets(st.sampled_from("0123456789AX")))) for name in names)
    items = built(tmp_path_factory.mktemp("icd10"), f"<chapter><name>1</name><section>{content}</section></chapter>")
    missing = {item.id: item.missing_code for item in items.values() if item.missing_code is not None}
    assert missing.keys() == items.keys()
    assert len(set(missing.values())) == len(missing)
    for code, invented in missing.items():
        assert (invented[0], invented[3:], len(invented)) == (code[0], code[3:], len(code))
        assert invented not in {*items, *names}


def category_of(name: str, endings: set[str]) -> str:
    return entry(
        name, f"Ailments {name}", *(entry(f"{name}.{end}", f"Ailment {name}.{end}") for end in sorted(endings))
    )


def test_what_lies_outside_the_sample_is_counted(tmp_path: Path) -> None:
    write_list(tmp_path, CHAPTER)
    assert Note("diagnoses outside the sample were left out", 1) in build(tmp_path, {"items": 2}).notes


def test_a_list_nested_deeper_than_python_may_recurse_is_read(tmp_path: Path) -> None:
    deep = 2000
    opened = "".join(f"<diag><name>A00.{place}</name><desc>Level {place}</desc>" for place in range(deep))
    items = built(tmp_path, f"<chapter><name>1</name>{opened}{'</diag>' * deep}</chapter>")
    assert list(items) == [f"A00.{deep - 1}"]


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
    ordered = sorted(last, key=lambda item: shuffle_key(0, item.id))  # as views order them
    places = [place for place, item in enumerate(ordered) if item.id in early]
    assert 700 < sum(places) / len(places) < 1300  # the middle of 2,000 is 1,000; first would be 20


def test_the_domain_names_every_chapter_and_can_be_prepared(project: Project) -> None:
    source = project.source_folder("simple_icd_10_cm")
    write_list(source, "".join(map(chapter, range(1, 23))))
    (source / "ORIGIN.json").write_text('{"origin": "invented", "licence": "CC0-1.0"}')
    path = project.root / "data/domains/icd10.yaml"
    path.write_text(path.read_text().replace("n: 200", "n: 22").replace("t: 440", "t: 44").replace("r: 1 ", "r: 2 "))
    collect(project, "icd10")
    facts = prepare(project, "icd10")
    task = project.domain("icd10").classify
    assert task is not None
    assert facts["labels"] == sorted(task.label_names.values())
    assert len(facts["labels"]) == 22
    assert facts["views"].keys() >= {"classify", "describe", "pairs", "claims", "unanswerable", "instruction"}


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
