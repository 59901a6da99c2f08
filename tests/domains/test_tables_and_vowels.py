from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from harness.config.project import Project
from harness.domains.builders import breast_cancer, vowels, wine
from harness.domains.builders._sklearn_table import sklearn_table
from harness.errors import DataError
from harness.items.media_item import MediaItem
from harness.media.tables import read_row
from harness.sources.fetch import fetch


def recording(speaker: int, frames: int) -> str:
    return ":".join(
        [",".join(f"{feature}.{frame}" for frame in range(frames)) for feature in range(12)] + [str(speaker)]
    )


def write_vowels(folder: Path, *, train: list[str], test: list[str]) -> Path:
    for split, lines in (("train", train), ("test", test)):
        path = folder / vowels.FILES[split]  # type: ignore[index]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# about\n@problemName JapaneseVowels\n@data\n" + "\n".join(lines) + "\n")
    return folder


def test_recordings_become_frames_with_their_speaker(tmp_path: Path) -> None:
    source = write_vowels(tmp_path, train=[recording(3, 7), recording(9, 20)], test=[recording(1, 8)])
    built = vowels.build(source, {})
    assert [(item.id, item.label, item.given_split) for item in built.items] == [
        ("train_1", "speaker 3", "train"),
        ("train_2", "speaker 9", "train"),
        ("test_1", "speaker 1", "test"),
    ]
    first = built.items[0]
    assert isinstance(first, MediaItem)
    content = built.files[first.media[0].path]
    assert isinstance(content, bytes)
    frames = np.load(io.BytesIO(content))
    assert frames.shape == (7, 12)
    assert frames[4, 2] == np.float32(2.4)  # frame 4 of series 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (recording(1, 7).partition(":")[2], "11 series"),
        (recording(1, 7).replace("3.1,", ""), r"12 series of \[6, 7\] values"),
        (recording(1, 7).replace("3.1", "x"), "cannot be read"),
        (recording(1, 7).replace("3.1", "nan"), "not a number"),
    ],
)
def test_a_recording_of_another_layout_is_named_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    source = write_vowels(tmp_path, train=[recording(1, 7), line], test=[recording(1, 8)])
    with pytest.raises(DataError, match=message) as raised:
        vowels.build(source, {})
    assert "_TRAIN.ts:5: " in str(raised.value)


def test_the_tables_of_the_installed_package_become_items(project: Project) -> None:
    for name in ("sklearn_breast_cancer", "sklearn_wine"):
        fetch(project, name)
    tumours = breast_cancer.build(project.source_folder("sklearn_breast_cancer"), {})
    wines = wine.build(project.source_folder("sklearn_wine"), {})
    counts = {"malignant": 212, "benign": 357, "cultivar 1": 59, "cultivar 2": 71, "cultivar 3": 48}
    labels = [item.label for item in (*tumours.items, *wines.items)]
    assert {label: labels.count(label) for label in counts} == counts
    first = tumours.items[0]
    assert isinstance(first, MediaItem)
    content = tumours.files[first.media[0].path]
    assert isinstance(content, bytes)
    (project.root / "row.json").write_bytes(content)
    row = read_row(project.root / "row.json")
    assert (len(row), row["mean radius"], row["worst fractal dimension"]) == (30, 17.99, 0.1189)
    assert "17.99" not in first.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("1,2,a,c\n1,2,0\n", "classes are a, c"),
        ("1,2,a,b\n1,0\n", "row cannot be read"),
        ("1,2,a,b\n1,x,0\n", "row cannot be read"),
        ("1,2,a,b\n1,2,7\n", "row cannot be read"),
    ],
)
def test_a_table_of_another_layout_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        sklearn_table(tmp_path / "t.csv", columns=("x", "y"), question="Which?", names={"a": "A", "b": "B"})
