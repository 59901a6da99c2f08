from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from harness.domains.builders.shapes_vqa import COLOURS, SHAPES, build
from harness.errors import DataError
from harness.items.media_item import MediaBuilt, MediaItem
from tests.media.small_files import picture


def questions(colour: str, shape: str) -> list[tuple[str, str]]:
    """Questions of the source about one picture."""
    return [
        ("what shape is in the image?", shape),
        (f"what color is the {shape}?", colour),
        (f"is there a {colour} shape?", "yes"),
        (f"is there not a {colour} shape?", "no"),
        (f"is no {other(colour)} shape present?", "yes"),
        (f"does the image contain a {other(colour)} shape?", "no"),
    ]


def other(colour: str) -> str:
    return COLOURS[(COLOURS.index(colour) + 1) % len(COLOURS)]


def write_source(folder: Path, *, pictures: int = 24) -> Path:
    for split in ("train", "test"):
        images = folder / "easy_vqa/data" / split / "images"
        images.mkdir(parents=True)
        records = []
        for number in range(pictures):
            colour, shape = COLOURS[number % 8], SHAPES[number % 3]
            records += [[text, answer, number] for text, answer in questions(colour, shape)]
            shade = (number, len(split), 0)
            (images / f"{number}.png").write_bytes(picture(shade, size=(64, 64)))
        (images.parent / "questions.json").write_text(json.dumps(records))
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_source(tmp_path)


def items_of(built: MediaBuilt, split: str) -> list[MediaItem]:
    return [item for item in built.items if isinstance(item, MediaItem) and item.given_split == split]


def test_a_test_picture_has_one_question_and_the_four_kinds_are_as_many(source: Path) -> None:
    built = build(source, {"test_pictures": 20})
    tested = items_of(built, "test")
    assert len(tested) == 20 == len({item.cluster for item in tested})
    answers = Counter("yes/no" if item.label in ("yes", "no") else item.label in SHAPES for item in tested)
    assert answers == {True: 5, False: 5, "yes/no": 10}


def test_something_that_is_there_is_asked_as_often_as_something_that_is_not(source: Path) -> None:
    """So neither `yes` nor the wording alone gives the answer away."""
    asked = [item for item in build(source, {}).items if item.label in ("yes", "no")]
    there = Counter((" not " in item.text or " no " in item.text, item.label) for item in asked)
    assert there[False, "yes"] + there[True, "no"] == pytest.approx(len(asked) / 2, abs=2)


def test_a_training_picture_has_questions_of_different_kinds(source: Path) -> None:
    built = build(source, {"train_pictures": 10, "questions_per_picture": 4})
    of_picture = Counter(item.cluster for item in items_of(built, "train"))
    assert set(of_picture.values()) == {4}
    assert len(of_picture) == 10


def test_captions_follow_from_the_answers(source: Path) -> None:
    built = build(source, {})
    for item in items_of(built, "train"):
        number = int(item.cluster.removeprefix("train_"))
        assert item.properties == (COLOURS[number % 8], SHAPES[number % 3])
        assert item.caption == f"a {COLOURS[number % 8]} {SHAPES[number % 3]}"
    assert [note.count for note in built.notes] == [0]


def test_a_picture_of_which_the_colour_is_not_told_has_no_caption(source: Path) -> None:
    path = source / "easy_vqa/data/test/questions.json"
    records = [one for one in json.loads(path.read_text()) if one[2] != 3 or one[0] == "what shape is in the image?"]
    path.write_text(json.dumps(records))
    built = build(source, {})
    assert [item.caption for item in items_of(built, "test") if item.cluster == "test_3"] == [None]
    assert [note.count for note in built.notes] == [1]


def test_items_name_their_files_by_content_and_two_builds_are_equal(source: Path) -> None:
    built = build(source, {})
    assert build(source, {}) == built
    for item in items_of(built, "test"):
        number = item.cluster.removeprefix("test_")
        content = (source / f"easy_vqa/data/test/images/{number}.png").read_bytes()
        assert built.files[item.media[0].path] == content


def test_answers_that_contradict_each_other_are_named(source: Path) -> None:
    path = source / "easy_vqa/data/train/questions.json"
    path.write_text(json.dumps([*json.loads(path.read_text()), ["what color is the shape?", "teal", 0]]))
    with pytest.raises(DataError, match=r"contradict each other: black, teal, circle") as raised:
        build(source, {})
    assert "picture 0" in str(raised.value)


@pytest.mark.parametrize("record", [["what?", "pink", 0], ["what?", "red"], {"q": 1}, ["what?", "red", "0"]])
def test_a_record_of_another_layout_is_named(source: Path, record: object) -> None:
    (source / "easy_vqa/data/test/questions.json").write_text(json.dumps([record]))
    with pytest.raises(DataError, match="record 1 is"):
        build(source, {})


def test_a_missing_picture_and_wrong_options_are_named(source: Path) -> None:
    (source / "easy_vqa/data/test/images/5.png").unlink()
    with pytest.raises(DataError, match="picture is missing") as raised:
        build(source, {})
    assert "5.png" in str(raised.value)
    with pytest.raises(DataError, match="unknown option"):
        build(source, {"test_picture": 3})
    with pytest.raises(DataError, match="'three'"):
        build(source, {"test_pictures": "three"})
