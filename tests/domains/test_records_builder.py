import json
import shutil
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.domains.builders.records import build
from harness.errors import DataError
from tests.tree import ROOT

FIXTURE = Path(__file__).parents[1] / "fixtures" / "tickets.csv"
REPLY = {"role": "assistant", "text": "Paris.", "rank": 0, "replies": []}
FROM_THE_HUB = {
    "alpaca": {"instruction": "Name a capital.", "input": "France", "output": "Paris.", "text": "Below is ..."},
    "dolly": {"instruction": "Name a capital.", "context": "France", "response": "Paris.", "category": "open_qa"},
    "oasst1": {
        "message_tree_id": "1",
        "prompt": {"role": "prompter", "text": "Name a capital: France", "replies": [REPLY]},
    },
}
"""Domain whose source is a data set of the hub -> a record as it has them."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    shutil.copy(FIXTURE, tmp_path)
    (tmp_path / "ORIGIN.json").write_text("{}")
    return tmp_path


def test_the_one_file_beside_origin_json_is_read(source: Path) -> None:
    built = build(source, {})
    assert len(built.items) == 240
    assert sorted({item.label or "" for item in built.items}) == [
        "account",
        "billing",
        "returns",
        "shipping",
        "technical",
    ]
    assert built.notes == ()


def test_columns_and_format_are_options(source: Path) -> None:
    swapped = build(source, {"input": "label", "output": "text", "label": None})
    assert {item.text for item in swapped.items} == {"account", "billing", "returns", "shipping", "technical"}
    assert all(item.is_document for item in build(source, {"format": "plain_text"}).items)


def test_one_of_several_files_is_named(source: Path) -> None:
    (source / "sub").mkdir()
    lines = [{"prompt": "a", "completion": "b"}, {"prompt": "c", "completion": "d"}, {"prompt": "", "completion": "d"}]
    (source / "sub" / "more.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(DataError, match=r"holds 2 files(.|\n)*sub/more.jsonl, tickets.csv"):
        build(source, {})
    built = build(source, {"file": "sub/more.jsonl"})
    assert [item.answer for item in built.items] == ["b", "d"]
    assert [(note.count, note.what) for note in built.notes] == [(1, "records with an empty text were left out")]


def test_an_unknown_option_is_suggested(source: Path) -> None:
    with pytest.raises(DataError, match='did you mean "label"'):
        build(source, {"labels": "label"})


@pytest.mark.parametrize("value", [3, ["label"], True])
def test_an_option_that_is_no_text_is_an_error(source: Path, value: object) -> None:
    with pytest.raises(DataError, match='"label" is'):
        build(source, {"label": value})


@pytest.mark.parametrize("name", ["ticket.csv", "../tickets.csv", "ORIGIN.json"])
def test_a_file_that_is_not_there_is_an_error(source: Path, name: str) -> None:
    with pytest.raises(DataError, match=f'there is no file "{name}"'):
        build(source, {"file": name})


def test_a_source_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no file"):
        build(tmp_path, {})
    with pytest.raises(DataError, match="the source is missing"):
        build(tmp_path / "none", {})


def test_labels_that_are_none_are_an_error(source: Path) -> None:
    with pytest.raises(DataError, match="looks like free text"):
        build(source, {"input": "label", "label": "text"})
    (source / "tickets.csv").write_text("text,label\na,x\nb,x\n")
    with pytest.raises(DataError, match="at least two classes"):
        build(source, {})


@pytest.mark.parametrize("name", FROM_THE_HUB)
def test_the_domains_from_the_hub_read_records_of_their_kind(tmp_path: Path, name: str) -> None:
    record = json.dumps(FROM_THE_HUB[name])
    another = record.replace("France", "Sweden").replace('"message_tree_id": "1"', '"message_tree_id": "2"')
    (tmp_path / "records.jsonl").write_text(f"{record}\n{another}")
    domain = Project(ROOT).domain(name)
    item, _ = build(tmp_path, domain.options).items
    assert item.answer == "Paris."
    assert "Name a capital" in item.text
    assert "France" in item.text
    source = Project(ROOT).source(domain.source)
    assert source.kind == "hub"
    assert source.repo_type == "dataset"
