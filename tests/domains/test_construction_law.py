import json
from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project
from harness.domains.builders.construction_law import FILES, build
from harness.domains.collect import collect
from harness.errors import DataError
from harness.items.item import Item, Note
from harness.preparation.prepare import prepare
from tests.tree import ROOT


def record(name: str, **other: Any) -> dict[str, Any]:
    answer = f"It is {name} as such."
    return {"id": name, "category": "bygglov", "q": f"What is {name}?", "a": answer, "sources": ["PBL 9"], **other}


def write_both(folder: Path, records: list[Any], swedish: list[Any] | None = None) -> Path:
    """The path of the English file; the Swedish questions are the English ones if none are given."""
    write_questions(folder, records if swedish is None else swedish, language="sv")
    return write_questions(folder, records)


def write_questions(folder: Path, records: list[Any], *, language: str = "en") -> Path:
    path = folder / FILES[language]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"_meta": {"language": language}, "questions": records}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_question_becomes_an_item_labelled_with_its_category(tmp_path: Path) -> None:
    english = record("vvs-001", category="vvs", q=" What is\n OVK? ", a="A  check.")
    write_both(tmp_path, [english], [record("vvs-001", category="vvs", q="Vad är OVK?", a="En kontroll.")])
    assert build(tmp_path, {}).items == [
        Item(
            id="vvs-001",
            text="What is OVK?",
            label="vvs",
            cluster="vvs: PBL 9",
            answer="A check.",
            anchors=("What is OVK?",),
            positive="A check.",
            foreign_text="Vad är OVK?",
            foreign_answer="En kontroll.",
        )
    ]


def question(name: str, q: str, a: str, *, category: str = "vvs") -> dict[str, Any]:
    return record(name, q=q, a=a, category=category)


def test_wrong_answers_are_those_of_the_category_first_and_of_similar_questions_before_others(tmp_path: Path) -> None:
    write_both(
        tmp_path,
        [
            question("own", "How wide must a drain pipe be?", "At least 75 millimetres."),
            question("far", "Who may install a boiler?", "Certified plumbers only."),
            question("near", "How wide must a water pipe be?", "Fifteen suffices for flats."),
            question("alike", "How wide must a drain pipe for rain be?", "Wider than indoors.", category="roofs"),
            question("unlike", "Are tiles heavy?", "Some certainly are.", category="roofs"),
            question("last", "Is thatch allowed?", "In few places.", category="roofs"),
        ],
    )
    own = build(tmp_path, {}).items[0]
    expected = ("Fifteen suffices for flats.", "Certified plumbers only.", "Wider than indoors.")
    assert own.wrong_answers[:3] == expected
    assert own.negatives == own.wrong_answers[:4]


@pytest.mark.parametrize(
    "right_too",
    [
        question("b", "What may it cost?", "At least seventy five millimetres wide!"),
        question("b", "how WIDE must it be", "That depends on the flow."),
        question("b", "What may it cost?", "AT LEAST seventy five millimetres"),
    ],
)
def test_an_answer_that_may_be_right_too_is_no_wrong_answer(tmp_path: Path, right_too: dict[str, Any]) -> None:
    own = question("a", "How wide must it be?", "At least seventy five millimetres")
    write_both(tmp_path, [own, right_too, question("c", "Who installs it?", "A plumber.")])
    result = build(tmp_path, {})
    assert result.items[0].wrong_answers == ("A plumber.",)
    assert Note("questions have fewer than three wrong answers", 3) in result.notes


def test_two_neighbours_with_the_same_answer_count_once(tmp_path: Path) -> None:
    questions = [question(name, f"Who knows {name}?", "Nobody knows.") for name in ("b", "c")]
    write_both(tmp_path, [question("a", "What is this?", "A pipe."), *questions])
    assert build(tmp_path, {}).items[0].wrong_answers == ("Nobody knows.",)


def test_a_question_that_one_language_lacks_is_counted(tmp_path: Path) -> None:
    write_both(tmp_path, [record("a"), record("b")], [record("b"), record("c"), record("d")])
    result = build(tmp_path, {})
    assert [(item.id, item.foreign_text, item.foreign_answer) for item in result.items] == [
        ("a", None, None),
        ("b", "What is b?", "It is b as such."),
    ]
    assert Note("questions have no translation in the other language", 1) in result.notes
    assert Note("questions that exist only in the other language were left out", 2) in result.notes


def test_answers_that_name_the_publisher_are_counted(tmp_path: Path) -> None:
    write_both(tmp_path, [record("a", a="Ask Zaragoza AB."), record("b")])
    notes = build(tmp_path, {}).notes
    assert [note.count for note in notes if "Zaragoza AB" in note.what] == [1]


def test_questions_of_one_category_that_cite_the_same_stay_together(tmp_path: Path) -> None:
    write_both(
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
    clusters = {item.id: item.cluster for item in build(tmp_path, {}).items}
    assert clusters["a"] == clusters["b"]
    assert len(set(clusters.values())) == 5


def test_both_languages_give_the_same_ids_labels_and_clusters(tmp_path: Path) -> None:
    swedish = [record("a", q="Vad är bygglov för åäö?"), record("b", q="Vad är b?", sources=[])]
    write_both(tmp_path, [record("a"), record("b", sources=[])], swedish)
    english, translated = (build(tmp_path, {"language": language}).items for language in ("en", "sv"))
    assert [(i.id, i.label, i.cluster) for i in english] == [(i.id, i.label, i.cluster) for i in translated]
    assert [item.text for item in translated] == ["Vad är bygglov för åäö?", "Vad är b?"]
    assert [item.foreign_text for item in english] == [item.text for item in translated]
    assert [item.foreign_answer for item in translated] == [item.answer for item in english]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_domain_names_its_categories_and_can_be_prepared_in_both_languages(project: Project, language: str) -> None:
    path = project.root / "data/domains/construction_law.yaml"
    content = path.read_text().replace("language: en", f"language: {language}")
    if language == "sv":
        english, swedish = "    en: English\n", "    sv: Swedish\n"
        content = content.replace(english + swedish, swedish + english)
    path.write_text(content)
    domain = project.domain("construction_law")
    assert domain.classify is not None
    assert domain.translate is not None
    assert next(iter(domain.translate.languages)) == domain.language == language
    names = domain.classify.label_names
    assert len(names) == 39
    records = [
        record(f"{category}-{number}", category=category, sources=[f"law {number}"])
        for category in names
        for number in range(10)
    ]
    source = project.source_folder("zaragoza_construction_faq")
    write_both(source, records, [{**each, "q": f"Vad är {each['id']}?"} for each in records])
    (source / "ORIGIN.json").write_text('{"origin": "invented", "licence": "CC0-1.0"}')
    collect(project, "construction_law")
    facts = prepare(project, "construction_law")
    assert facts["labels"] == sorted(names.values())
    assert facts["views"].keys() >= {"classify", "answer", "translate", "pairs", "preferences", "instruction", "claims"}


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
        ({"id": "b", "category": "vvs", "q": "What?", "sources": []}, 'question "b" has no "a"'),
        (record("b", a=" "), 'question "b" has no "a"'),
        (record("a"), 'the id "a" occurs twice'),
    ],
)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_broken_record_is_named(tmp_path: Path, broken: object, message: str, language: str) -> None:
    write_both(tmp_path, [record("a")])
    path = write_questions(tmp_path, [record("a"), broken], language=language)
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


@pytest.mark.parametrize("lacking", ["en", "sv"])
def test_a_missing_file_of_either_language_names_the_verb(tmp_path: Path, lacking: str) -> None:
    write_both(tmp_path, [record("a")])
    (tmp_path / FILES[lacking]).unlink()
    with pytest.raises(DataError) as raised:
        build(tmp_path, {})
    assert raised.value.where == str(tmp_path / FILES[lacking])
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
