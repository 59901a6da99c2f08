import json
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.folders.chosen_files import FolderOptions, chosen_files, folder_options
from harness.user_files.folders.paths import LabelFrom
from harness.user_files.folders.several_files import read_files
from harness.user_files.reading import Reading


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def read(folder: Path, label_from: LabelFrom | None = None) -> tuple[Reading, FolderOptions, dict[str, int]]:
    """All files of the folder: the reading, what the paths showed, and the notes."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    options = folder_options(names, label_from=label_from, where=str(folder))
    decisions = DecisionLog()
    chosen = chosen_files(names, options, decisions, where=str(folder))
    reading = read_files(folder, chosen, options=options)
    return reading, options, {note.what: note.count for note in (*decisions.notes(), *reading.notes)}


def lines(*texts: str, **more: str) -> str:
    return "".join(json.dumps({"text": text, **more}) + "\n" for text in texts)


def test_one_file_per_class_gives_all_classes(tmp_path: Path) -> None:
    write(tmp_path, {"pos.jsonl": lines("a", "b", label="pos"), "neg.jsonl": lines("c", "d", label="neg")})
    reading, options, _ = read(tmp_path)
    assert [item.label for item in reading.items] == ["neg", "neg", "pos", "pos"]
    assert options == FolderOptions()
    assert reading.records == 4


def test_texts_in_a_folder_per_class_and_split(tmp_path: Path) -> None:
    texts = {
        f"{split}/{label}/{n}.txt": f"a {label} film\n\nof {split} {n}"
        for split in ("train", "test")
        for label in ("pos", "neg")
        for n in range(3)
    }
    others = {"README": "x", "imdb.vocab": "x", "train/urls_pos.txt": "x", "train/feat.feat": "x"}
    write(tmp_path, texts | others | {"train/unsup/0.txt": "nobody knows", "train/pos/9.txt": ""})
    reading, options, notes = read(tmp_path)
    assert options == FolderOptions("folder", split_from_path=True, whole_files=True)
    assert reading.records == 12
    assert {(item.label, item.given_split, item.id) for item in reading.items if item.id.endswith("/2")} == {
        (label, split, f"{split}/{label}/2") for label in ("pos", "neg") for split in ("train", "test")
    }
    assert reading.items[0].text == "a neg film\n\nof test 0"
    assert notes == {
        'files of the folder "unsup" have no label and were left out': 1,
        "files are in no folder of a class and were not read, for example train?urls_pos?txt": 1,
        "files of the folder hold no records and were not read, for example README": 3,
        "files are empty and were left out": 1,
        "records got their label from the name of their folder": 12,
        "records got their split from the path of their file": 12,
    }


def test_files_of_records_in_folders_of_splits(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            f"data/{split}/{label}.jsonl": lines(f"{split} {label}", f"{split} {label} 2", label=label)
            for split in ("train", "test")
            for label in ("pos", "neg")
        },
    )
    reading, options, _ = read(tmp_path)
    assert options == FolderOptions(split_from_path=True)
    assert [(item.label, item.given_split) for item in reading.items[::2]] == [
        ("neg", "test"), ("pos", "test"), ("neg", "train"), ("pos", "train"),
    ]  # fmt: skip
    assert reading.columns == Columns(input="text", label="label")


def test_the_name_of_the_file_is_the_label_where_the_user_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"rt.pos": "x", "pos.txt": "good film\nfine film\n", "neg.txt": "bad film\nsad film\n"})
    reading, _, notes = read(tmp_path, "file")
    assert [(item.label, item.text) for item in reading.items][1:3] == [("neg", "sad film"), ("pos", "good film")]
    assert notes["records got their label from the name of their file"] == 4
    assert notes["files of the folder hold no records and were not read, for example rt?pos"] == 1


def test_a_file_outside_the_splits_is_not_dropped(tmp_path: Path) -> None:
    write(tmp_path, {name: lines("a", "b", label="x") for name in ("train.jsonl", "test.jsonl", "more.jsonl")})
    with pytest.raises(DataError, match=r"1 of 3 files are in no split, for example more\.jsonl"):
        read(tmp_path)


def test_records_of_two_kinds_of_files_are_not_dropped(tmp_path: Path) -> None:
    write(tmp_path, {"train.jsonl": lines("a", "b"), "test.csv": "text\na\n"})
    with pytest.raises(DataError, match=r"records of several kinds: 1 \.csv, 1 \.jsonl"):
        read(tmp_path)


def test_files_with_other_columns_are_named(tmp_path: Path) -> None:
    write(tmp_path, {"a.jsonl": lines("a", "b", label="x"), "b.jsonl": lines("a", "b", topic="x")})
    with pytest.raises(DataError, match=r'b\.jsonl: .*label "topic", but a\.jsonl is .*label "label"'):
        read(tmp_path)


def test_a_label_of_the_records_and_one_of_the_path_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="name one of them: --label or --label-from"):
        read_files(tmp_path, ["a.jsonl"], options=FolderOptions("file"), columns=Columns(label="label"))
