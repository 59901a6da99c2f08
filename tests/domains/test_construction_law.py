import json
from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project
from harness.domains.builders.construction_law import FILES, build
from harness.domains.items import Item
from harness.domains.prepare import prepare
from harness.errors import DataError
from tests.tree import ROOT


def record(name: str, **other: Any) -> dict[str, Any]:
    return {"id": name, "category": "bygglov", "q": f"What is {name}?", "a": "It is.", "sources": ["PBL 9"], **other}


def write_questions(folder: Path, records: list[Any], *, language: str = "en") -> Path:
    path = folder / FILES[language]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"_meta": {"language": language}, "questions": records}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_question_becomes_an_item_labelled_with_its_category(tmp_path: Path) -> None:
    write_questions(tmp_path, [record("vvs-001", category="vvs", q=" What is\n OVK? ")])
    assert build(tmp_path, {}) == [Item(id="vvs-001", text="What is OVK?", label="vvs", cluster="vvs: PBL 9")]


def test_questions_of_one_category_that_cite_the_same_stay_together(tmp_path: Path) -> None:
    write_questions(
        tmp_path,
        [
            record("a", sources=["PBL 9", "Boverket"]),
            record("b", sources=["Boverket", "PBL 9"]),
            record("other-passage", sources=["PBL 10"]),
            record("other-category", sources=["PBL 9", "Boverket"], category="vvs"),
            record("cites-nothing", sources=[]),
            record("neither", sources=[]),
        ],
    )
    clusters = {item.id: item.cluster for item in build(tmp_path, {})}
    assert clusters["a"] == clusters["b"]
    assert len(set(clusters.values())) == 5


def test_both_languages_give_the_same_ids_labels_and_clusters(tmp_path: Path) -> None:
    write_questions(tmp_path, [record("a"), record("b", sources=[])])
    swedish = [record("a", q="Vad är bygglov för åäö?"), record("b", q="Vad är b?", sources=[])]
    write_questions(tmp_path, swedish, language="sv")
    english, translated = build(tmp_path, {"language": "en"}), build(tmp_path, {"language": "sv"})
    assert [(i.id, i.label, i.cluster) for i in english] == [(i.id, i.label, i.cluster) for i in translated]
    assert [item.text for item in translated] == ["Vad är bygglov för åäö?", "Vad är b?"]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_domain_names_its_categories_and_can_be_prepared_in_both_languages(project: Project, language: str) -> None:
    path = project.root / "data/domains/construction_law.yaml"
    path.write_text(path.read_text().replace("language: en", f"language: {language}"))
    names = project.domain("construction_law").classify.label_names
    assert len(names) == 39
    records = [
        record(f"{category}-{number}", category=category, sources=[f"law {number}"])
        for category in names
        for number in range(10)
    ]
    source = project.source_folder("zaragoza_construction_faq")
    write_questions(source, records, language=language)
    (source / "ORIGIN.json").write_text('{"origin": "invented", "licence": "CC0-1.0"}')
    facts = prepare(project, "construction_law")
    assert facts["labels"] == sorted(names.values())
    assert set(facts["views"]) == {"classify", "claims"}


def test_the_pinned_source_has_the_files_that_are_read() -> None:
    from harness.config.source import WheelSource
    from harness.sources.selection import wanted

    source = Project(ROOT).source("zaragoza_construction_faq")
    assert isinstance(source, WheelSource)
    assert all(wanted(name, source.files) for name in FILES.values())


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("text", "question 2 is 'text'"),
        (record("b", id=None), 'question 2 has no "id"'),
        (record("b", category=" "), 'question "b" has no "category"'),
        ({"id": "b", "category": "vvs", "sources": []}, 'question "b" has no "q"'),
        (record("b", q=["x"]), 'question "b" has no "q"'),
        (record("b", sources="PBL 9"), 'question "b" has no list "sources"'),
        (record("b", sources=[9]), 'question "b" has no list "sources"'),
    ],
)
def test_a_broken_record_is_named(tmp_path: Path, broken: object, message: str) -> None:
    path = write_questions(tmp_path, [record("a"), broken])
    with pytest.raises(DataError, match=message) as raised:
        build(tmp_path, {})
    assert raised.value.where == str(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"questions": [', "not the expected JSON"),
        (b'{"questions": ["\xff"]}', "not the expected JSON"),
        (b"[]", "has no list of questions"),
        (b'{"questions": {}}', "has no list of questions"),
    ],
)
def test_a_file_of_another_layout_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = write_questions(tmp_path, [])
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as raised:
        build(tmp_path, {})
    assert raised.value.where == str(path)


def test_a_missing_file_names_the_verb(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        build(tmp_path, {"language": "sv"})
    assert "harness fetch" in str(raised.value)


@pytest.mark.parametrize("language", ["de", "EN", None, ["en"], 1])
def test_a_language_without_questions_is_refused(tmp_path: Path, language: object) -> None:
    with pytest.raises(DataError, match='"language" is') as raised:
        build(tmp_path, {"language": language})
    assert raised.value.expected == "en or sv"


def test_a_misspelt_option_gets_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='unknown option "langauge"') as raised:
        build(tmp_path, {"langauge": "en"})
    assert 'did you mean "language"?' in str(raised.value)
