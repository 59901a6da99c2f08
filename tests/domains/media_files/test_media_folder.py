from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from harness.domains.media_files.folder import is_media_folder, read_media_folder
from harness.domains.media_files.reading import MediaReading
from harness.errors import DataError
from harness.user_files.columns import Columns
from tests.media.small_files import animated, picture, recording


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def metadata(folder: Path, rows: Sequence[Mapping[str, object]], name: str = "metadata.jsonl") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    if name.endswith(".csv"):
        with (folder / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    else:
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def read(folder: Path, **columns: str) -> MediaReading:
    return read_media_folder(folder, names_in(folder), columns=Columns(**columns))


def notes(reading: MediaReading) -> dict[str, int]:
    return {note.what: note.count for note in reading.notes}


def test_the_folder_of_a_picture_is_its_label_and_the_one_above_its_split(tmp_path: Path) -> None:
    shades = iter(range(100))
    names = [f"{split}/{label}/{n}.png" for split in ("train", "test") for label in ("cat", "dog") for n in range(2)]
    write(tmp_path, {name: picture((next(shades), 0, 0)) for name in names})
    reading = read(tmp_path)
    assert reading.kind == "image"
    assert {(item.id, item.label, item.given_split) for item in reading.items} == {
        (name, name.split("/")[1], name.split("/")[0]) for name in names
    }
    assert {item.text for item in reading.items} == {"What does this image show?"}
    assert reading.options == {"question": "What does this image show?"}
    first = reading.items[0]
    assert reading.files[first.media[0].path] == tmp_path / first.id  # stored as it came: nothing is kept in memory


def test_folders_that_are_no_splits_give_none(tmp_path: Path) -> None:
    write(tmp_path, {f"{label}/{n}.png": picture() for label in ("cat", "test") for n in range(2)})
    assert {item.given_split for item in read(tmp_path).items} == {None}


@pytest.mark.parametrize("file", ["metadata.jsonl", "metadata.csv"])
def test_metadata_give_questions_answers_captions_and_groups(tmp_path: Path, file: str) -> None:
    write(tmp_path, {f"images/{n}.png": picture((n, 0, 0)) for n in range(10)})
    rows = [
        {
            "file_name": f"{n}.png",
            "question": f"what is {part}?",
            "answer": "ab"[n % 2],
            "text": f"picture {n}",
            "owner": n % 3,
        }
        for n in range(10)
        for part in ("left", "right")
    ]
    metadata(tmp_path, rows, f"images/{file}")
    reading = read(tmp_path, cluster="owner")
    first, second, *_ = reading.items
    assert (first.id, second.id) == ("images/0.png", "images/0.png-2")
    assert (first.text, first.label, first.answer) == ("what is left?", "a", None)
    assert (first.caption, first.cluster) == ("picture 0", "0")
    assert first.media == second.media
    assert any("answers that recur" in what for what in notes(reading))
    # the recognised columns are written down, so that `collect` reads the same
    again = read_media_folder(
        tmp_path,
        names_in(tmp_path),
        columns=Columns(cluster="owner", input="question", label="answer"),
        caption="text",
    )
    assert again.items == reading.items
    assert reading.columns == {"cluster": "owner", "input": "question", "label": "answer", "caption": "text"}


def test_answers_that_hardly_recur_are_free_text(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}.png": picture((n, 0, 0)) for n in range(10)})
    metadata(tmp_path, [{"file_name": f"{n}.png", "answer": f"it is {n}"} for n in range(10)])
    assert [(item.label, item.answer) for item in read(tmp_path).items][3] == (None, "it is 3")


def test_metadata_of_each_split_and_a_split_column_are_read(tmp_path: Path) -> None:
    for split in ("train", "test"):
        write(tmp_path, {f"{split}/{n}.png": picture((n, len(split), 0)) for n in range(3)})
        metadata(tmp_path, [{"file_name": f"{n}.png", "label": "ab"[n % 2]} for n in range(3)], f"{split}/metadata.csv")
    assert [item.given_split for item in read(tmp_path).items] == ["test"] * 3 + ["train"] * 3
    for split in ("train", "test"):
        (tmp_path / split / "metadata.csv").unlink()
    rows = [{"file_name": f"{s}/{n}.png", "label": "a", "part": "dev"} for s in ("train", "test") for n in range(3)]
    metadata(tmp_path, rows)
    assert {item.given_split for item in read(tmp_path, split="part").items} == {"validation"}
    metadata(tmp_path, [{**rows[0], "part": "tomorrow"}])
    with pytest.raises(DataError, match='split "tomorrow" is unknown'):
        read(tmp_path, split="part")


def test_files_that_cannot_be_used_are_left_out_and_counted(tmp_path: Path) -> None:
    good = {f"cat/{n}.png": picture((n, 0, 0)) for n in range(3)}
    bad = {
        "cat/broken.png": b"nothing",
        "dog/cut.jpg": picture(size=(200, 200), kind="JPEG")[:300],
        "dog/dot.png": picture(size=(1, 1)),
        "dog/moving.gif": animated(),
        "dog/print.jpg": picture((0, 0, 0, 0), mode="CMYK", kind="JPEG"),
        "loose.png": picture(),
        "cat/._0.png": b"a shadow of macOS",
        "README.md": b"about",
    }
    write(tmp_path, good | bad)
    reading = read(tmp_path)
    assert sorted(item.id for item in reading.items) == [*good, "dog/moving.gif", "dog/print.jpg"]
    assert notes(reading) == {
        "images are in no folder of a class and were not read": 1,
        "images were left out: it is damaged, truncated or no picture": 2,
        "images were left out: a side has fewer than 8 pixels": 1,
        "images are of a format other than PNG and JPEG and are stored as PNG": 1,
        "images are animated or have several pages: only the first is used": 1,
        "images are in the colours of print (CMYK) and were converted to RGB": 1,
    }
    moving = next(item for item in reading.items if item.id == "dog/moving.gif")
    assert moving.media[0].path.endswith(".png")
    assert isinstance(reading.files[moving.media[0].path], bytes)


def test_rows_and_files_that_do_not_match_are_named(tmp_path: Path) -> None:
    write(tmp_path, {f"{n}.png": picture((n, 0, 0)) for n in range(4)})
    rows: list[dict[str, object]] = [{"file_name": f"{n}.png", "label": "ab"[n % 2]} for n in range(3)]
    metadata(tmp_path, [*rows, {"file_name": "", "label": "a"}, {"file_name": "3.png", "label": ""}])
    assert notes(read(tmp_path)) == {
        "rows of the metadata name no file and were left out": 1,
        "rows of the metadata have neither a label, an answer nor a caption and were left out": 1,
        "images are named by no row of the metadata and were not read": 1,
    }
    metadata(tmp_path, [*rows, {"file_name": "missing.png", "label": "a"}, {"file_name": "gone.png", "label": "b"}])
    with pytest.raises(DataError, match=r"2 files that do not exist, the first is missing\.png"):
        read(tmp_path)
    metadata(tmp_path, [*rows, {"file_name": "../0.png", "label": "a"}])
    with pytest.raises(DataError, match="leads out of the folder"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.png": picture(), "b.png": picture()}, "nothing says what the images show"),
        ({"a/a.png": picture(), "b/b.wav": recording()}, "1 images and 1 recordings"),
        ({"a/a.mp3": b"mp3", "b/b.mp3": b"mp3"}, "holds no WAV file"),
        ({"a/a.png": b"x", "b/b.png": b"y"}, "no file of the folder can be used: 2 images were left out"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path, files: dict[str, bytes], message: str) -> None:
    write(tmp_path, files)
    with pytest.raises(DataError, match=message):
        read(tmp_path)


def test_metadata_need_a_column_of_file_names_and_the_columns_that_are_named(tmp_path: Path) -> None:
    write(tmp_path, {"0.png": picture()})
    metadata(tmp_path, [{"image": "0.png", "label": "a"}])
    with pytest.raises(DataError, match="0 columns of file names") as raised:
        read(tmp_path)
    assert '"image", "label"' in str(raised.value)
    metadata(tmp_path, [{"file_name": "0.png", "lable": "a"}])
    with pytest.raises(DataError, match='no column "label"') as raised:
        read(tmp_path, label="label")
    assert "lable" in str(raised.value)


def test_recordings_are_read_like_pictures(tmp_path: Path) -> None:
    write(tmp_path, {f"{word}/{n}.wav": recording(pitch=400 + n) for word in ("yes", "no") for n in range(2)})
    write(tmp_path, {"no/silent.wav": recording(seconds=0), "no/old.mp3": b"mp3"})
    reading = read(tmp_path)
    assert (reading.kind, len(reading.items)) == ("audio", 4)
    assert {what.split(" (")[0]: count for what, count in notes(reading).items()} == {
        "recordings need a decoder that is not installed": 1,
        "audio recordings were left out: it has no sound": 1,
    }


@pytest.mark.parametrize(
    ("names", "is_one"),
    [
        (["cat/1.PNG", "dog/2.jpeg", "README.md"], True),
        (["1.png", "metadata.csv"], True),
        (["a/1.wav"], True),
        (["1.png", "records.csv"], False),
        (["train/pos/1.txt", "train/neg/2.txt", "logo.png"], False),
        (["1.txt"], False),
    ],
)
def test_a_folder_of_pictures_is_told_from_one_of_records(names: list[str], is_one: bool) -> None:
    assert is_media_folder(names) == is_one
