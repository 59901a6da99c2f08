from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.domains.builders.kaomoji import FILE, bare_face, build
from harness.errors import DataError
from harness.items.item import Item, Note


def entry(name: str, text: str, *emotion: str, tier: str = "core") -> dict[str, Any]:
    return {"id": name, "text": text, "emotion": list(emotion), "tier": tier}


def write_entries(folder: Path, entries: list[Any]) -> Path:
    path = folder / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress("".join(json.dumps(entry) + "\n" for entry in entries).encode()))
    return path


def test_a_face_with_one_emotion_becomes_an_item(tmp_path: Path) -> None:
    write_entries(
        tmp_path,
        [
            entry("a", " ヽ(^▽^)ﾉ", "happy", "smile"),
            entry("b", "(T_T)", "crying", "sad", "gloomy"),
            entry("c", "(^_^;", "happy", "shy"),
            entry("d", "(-_-)", "bored"),
            entry("e", "(^▽^)やったー", "happy", tier="verbose"),
            entry("f", "(^▽^) great!", "happy"),
            entry("g", "(ToT) zZ", "sad"),
        ],
    )
    result = build(tmp_path, {})
    assert result.items == [
        Item(id="a", text="ヽ(^▽^)ﾉ", label="happy", cluster="^▽^"),
        Item(id="b", text="(T_T)", label="sad", cluster="T_T"),
        Item(id="g", text="(ToT) zZ", label="sad", cluster="ToT"),
    ]
    assert Note("faces with words were left out", 1) in result.notes
    assert Note("faces have none of the emotions or several, and were left out", 2) in result.notes


@pytest.mark.parametrize("text", ["(^_^)", "ヾ( ^_^ )♪", "＼（^＿^）／", "☆(^_^)(>_<)"])
def test_faces_that_differ_around_the_brackets_share_a_cluster(text: str) -> None:
    assert bare_face(text) == "^_^"


@pytest.mark.parametrize(
    ("text", "face"), [("ಠ ಠ", "ಠಠ"), ("(=^(x)^=)ﾉ", "=^(x)^="), ("(^_^; (", "(^_^;("), ("()", "()")]
)
def test_a_face_has_nested_brackets_or_none(text: str, face: str) -> None:
    assert bare_face(text) == face


def test_no_emotion_gives_more_faces_than_the_limit_and_a_smaller_sample_is_part_of_a_larger_one(
    tmp_path: Path,
) -> None:
    entries = [entry(f"h{n}", f"({n})", "happy") for n in range(9)] + [entry("s", "(T)", "sad")]
    write_entries(tmp_path, entries)
    few, more = (build(tmp_path, {"per_label": most}).items for most in (2, 5))
    assert Counter(item.label for item in more) == {"happy": 5, "sad": 1}
    assert {item.id for item in few} < {item.id for item in more}


@pytest.mark.parametrize(
    ("options", "message"), [({"per_labels": 1}, "unknown option"), ({"per_label": 0}, '"per_label" is 0')]
)
def test_wrong_options_are_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        build(tmp_path, options)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ([], r"line 1 is \[\]"),
        ({"id": "a", "text": "(^)"}, "line 1 has no 'tier'"),
        ({**entry("a", "(^)"), "emotion": "x"}, "no list 'emotion'"),
    ],
)
def test_a_record_of_another_layout_is_named(tmp_path: Path, line: Any, message: str) -> None:
    write_entries(tmp_path, [line])
    with pytest.raises(DataError, match=message):
        build(tmp_path, {})


def test_a_cut_file_is_refused_and_a_missing_one_names_the_verb(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing") as caught:
        build(tmp_path, {})
    assert "harness fetch" in str(caught.value)
    path = write_entries(tmp_path, [entry("a", "(^)", "happy")])
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(DataError, match="not JSON lines in gzip"):
        build(tmp_path, {})
