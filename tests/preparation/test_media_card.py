from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.items.item import Split
from harness.items.media import MediaKind
from harness.items.media_item import MediaItem, media_of
from harness.media.tables import Cell, row_file
from harness.preparation.media_card import describe, lines
from tests.media.small_files import array, recording

SPLITS: dict[str, Split] = {"0": "train", "1": "train", "2": "validation", "3": "test"}


def card(folder: Path, kind: MediaKind, contents: list[bytes], suffix: str) -> list[str]:
    """The lines about four items: two for training, one for validation, one for the test."""
    items = []
    for place, content in enumerate(contents):
        media = media_of(kind, content, suffix)
        (folder / media.path).parent.mkdir(exist_ok=True)
        (folder / media.path).write_bytes(content)
        items.append(MediaItem(str(place), "which?", str(place), "a", media=(media,)))
    return list(lines(describe(items, SPLITS, folder, kind=kind)))


def test_missing_values_constant_columns_and_unseen_categories_of_a_table_are_counted(tmp_path: Path) -> None:
    rows: list[Mapping[str, Cell]] = [
        {"age": 1, "city": "Brno", "unit": "kg", "size": 1},
        {"age": None, "city": "Graz", "unit": "kg", "size": 2},
        {"age": 3, "city": "Wien", "unit": "kg", "size": None},
        {"age": 99, "city": "Brno", "unit": "lb", "size": 5},
    ]
    assert card(tmp_path, "table", [row_file(row, where="here") for row in rows], ".json") == [
        "columns: 2 of numbers, 2 of categories",
        "missing values in train: 1 of 8",
        "missing values in validation: 1 of 4",
        "columns with one value only in training, which cannot help: age, unit",
        "held-out values of categories that do not occur in training: 2, in city, unit; models treat them as missing",
    ]


def test_lengths_and_sampling_rates_of_recordings_are_told(tmp_path: Path) -> None:
    several = [recording(seconds=length, rate=rate) for length, rate in ((1, 8000), (2, 8000), (3, 8000), (4, 16_000))]
    assert card(tmp_path, "audio", several, ".wav") == [
        "audio recordings: train 2, validation 1, test 1",
        "seconds: 1 to 4, median 2.5",
        "sampling rates (models resample): 16000 Hz (1), 8000 Hz (3)",
    ]


def test_frames_are_told_apart_from_waveforms(tmp_path: Path) -> None:
    several = [array([[float(n)] * 12] * (n + 1)) for n in range(4)]
    assert card(tmp_path, "audio", several, ".npy") == [
        "audio recordings: train 2, validation 1, test 1",
        "frames: 1 to 4, median 2.5",
        "features of a frame: 12 (4)",
    ]
