from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.domains.builders.paper_summaries import FILES, QUESTIONS, build, joined
from harness.errors import DataError
from harness.items.item import Item


def paper(name: str, about: str, **other: Any) -> dict[str, Any]:
    summary = {aspect: f"The {aspect} is {about} of {name}." for aspect in QUESTIONS}
    sentences = {"abstract": [f"We study {about} ( new ) .", "It works ."], "introduction": ["Much ."]}
    return {"id": name, "title": f"On {about} {name}", "summary": summary, "sentences": sentences, **other}


PAPERS = {
    "train": [paper("A1", "parsing trees"), paper("A2", "parsing graphs")],
    "validation": [paper("B1", "speech")],
    "test": [paper("C1", "parsing graphs quickly")],
}


def write_papers(folder: Path, papers: dict[str, list[Any]] = PAPERS) -> None:
    for split, file in FILES.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(json.dumps(record) for record in papers[split]))


def built(folder: Path) -> dict[str, Item]:
    write_papers(folder)
    return {item.id: item for item in build(folder, {}).items}


def test_each_aspect_of_a_paper_is_an_item_in_the_split_of_the_source(tmp_path: Path) -> None:
    items = built(tmp_path)
    assert len(items) == 4 * len(QUESTIONS)
    item = items["C1-approach"]
    assert item.text == (
        "Title: On parsing graphs quickly C1\n"
        "Abstract: We study parsing graphs quickly (new). It works.\n"
        "How do the authors approach it?"
    )
    assert (item.answer, item.cluster, item.given_split) == (
        "The approach is parsing graphs quickly of C1.",
        "C1",
        "test",
    )
    assert {items[f"B1-{aspect}"].given_split for aspect in QUESTIONS} == {"validation"}


def test_wrong_answers_are_the_papers_other_aspects_and_then_those_of_similar_papers(tmp_path: Path) -> None:
    wrong = built(tmp_path)["C1-approach"].wrong_answers
    assert wrong[:2] == (
        "The challenge is parsing graphs quickly of C1.",
        "The outcome is parsing graphs quickly of C1.",
    )
    assert wrong[2] == "The approach is parsing graphs of A2."
    assert wrong[-1] == "The approach is speech of B1."


def test_a_summary_should_find_the_title_of_its_paper(tmp_path: Path) -> None:
    item = built(tmp_path)["C1-outcome"]
    assert (item.anchors, item.positive) == ((item.answer,), "On parsing graphs quickly C1")
    assert item.negatives[0] == "On parsing graphs A2"


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (["It does n't ( always ) work , by 5 % ."], "It doesn't (always) work, by 5%."),
        (["The model 's name is `` BERT '' ."], 'The model\'s name is "BERT".'),
        (["One .", "Two ?"], "One. Two?"),
    ],
)
def test_punctuation_is_set_as_usual(tokens: list[str], text: str) -> None:
    assert joined(tokens) == text


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([], r"record 1 is \[\]"),
        ({**paper("A1", "x"), "summary": {"challenge": "c"}}, "record 1 has another layout: 'approach'"),
        ({**paper("A1", "x"), "title": " "}, "record 1 has an empty text"),
        (paper("C1", "x"), 'the paper "C1" occurs twice'),
    ],
)
def test_a_record_of_another_layout_is_named(tmp_path: Path, record: Any, message: str) -> None:
    write_papers(tmp_path, {**PAPERS, "train": [record]})
    with pytest.raises(DataError, match=message):
        build(tmp_path, {})


def test_a_missing_file_names_the_verb(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing") as caught:
        build(tmp_path, {})
    assert "harness fetch" in str(caught.value)
