import json
import re
import shutil
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from harness.config.project import Project
from harness.domains.builders.records import build
from harness.errors import DataError
from harness.user_files.containers.read_file import NOT_DRAWN
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
    "open_orca": {"id": "flan.1", "system_prompt": "", "question": "Name a capital: France", "response": "Paris."},
    "super_natural_instructions": {
        "task_name": "task001_capitals",
        "id": "task001-1",
        "definition": "Name a capital.",
        "inputs": "France",
        "targets": "Paris.",
    },
    "flan": {"inputs": "Name a capital: France", "targets": "Paris.", "task": "capitals_10templates"},
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


def test_a_pattern_names_several_files_whose_ids_stay_apart(source: Path) -> None:
    for name in ("a", "b"):
        records = [{"id": str(place), "prompt": f"{name}{place}", "completion": "x"} for place in range(3)]
        records.append({"id": "empty", "prompt": "", "completion": "x"})
        (source / f"{name}.jsonl").write_text("\n".join(map(json.dumps, records)))
    built = build(source, {"file": "*.jsonl"})
    assert [item.id for item in built.items] == ["a/0", "a/1", "a/2", "b/0", "b/1", "b/2"]
    assert [item.cluster for item in built.items] == [item.id for item in built.items]
    assert [(note.count, note.what) for note in built.notes] == [(2, "records with an empty text were left out")]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_a_draw_of_each_file_is_the_same_every_time_and_part_of_a_larger_one(tmp_path: Path, suffix: str) -> None:
    records = [{"prompt": f"question {place}", "completion": "x"} for place in range(100)]
    path = tmp_path / f"many.{suffix}"
    if suffix == "parquet":
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(records), path)
    else:
        path.write_text("\n".join(map(json.dumps, records)))
    few, again, more = (build(tmp_path, {"records_per_file": most}) for most in (10, 10, 20))
    texts = [item.text for item in few.items]
    assert texts == [item.text for item in again.items]
    assert texts == sorted(texts, key=lambda text: int(text.split()[1]))
    assert set(texts) < {item.text for item in more.items}
    places = [int(text.split()[1]) for text in texts]
    assert min(places) < 50 <= max(places)  # not the first ones
    assert [(note.count, note.what) for note in few.notes] == [(90, NOT_DRAWN)]
    assert build(tmp_path, {"records_per_file": 100}) == build(tmp_path, {})


@pytest.mark.parametrize("value", [0, 1, "20", 2.5, True])
def test_a_draw_of_too_few_or_of_no_number_is_an_error(source: Path, value: object) -> None:
    with pytest.raises(DataError, match='"records_per_file" is'):
        build(source, {"records_per_file": value})


def test_an_unknown_option_is_suggested(source: Path) -> None:
    with pytest.raises(DataError, match='did you mean "label"'):
        build(source, {"labels": "label"})


@pytest.mark.parametrize("value", [3, ["label"], True])
def test_an_option_that_is_no_text_is_an_error(source: Path, value: object) -> None:
    with pytest.raises(DataError, match='"label" is'):
        build(source, {"label": value})


@pytest.mark.parametrize("name", ["ticket.csv", "../tickets.csv", "ORIGIN.json"])
def test_a_file_that_is_not_there_is_an_error(source: Path, name: str) -> None:
    with pytest.raises(DataError, match=f'no file matches "{name}"'):
        build(source, {"file": name})


def test_a_source_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no file"):
        build(tmp_path, {})
    with pytest.raises(DataError, match="the folder of the source is missing"):
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
    another = re.sub(r'(id": "[^"]*)1"', r'\g<1>2"', record.replace("France", "Sweden"))
    domain = Project(ROOT).domain(name)
    path = tmp_path / domain.options.get("file", "records.jsonl").replace("*", "records")
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{record}\n{another}")
    item, _ = build(tmp_path, domain.options).items
    assert item.answer == "Paris."
    assert "Name a capital" in item.text
    assert "France" in item.text
    source = Project(ROOT).source(domain.source)
    assert source.kind == "hub"
    assert source.repo_type == "dataset"
