"""Frames and table rows as tensors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from harness.errors import DataError
from harness.models.media_tokens.encoders import ColumnEncoder
from harness.models.media_tokens.frame_reader import FrameReader
from harness.models.media_tokens.row_reader import RowReader


def rows(folder: Path, *found: dict[str, object]) -> list[Path]:
    paths = [folder / f"{number}.json" for number in range(len(found))]
    for path, row in zip(paths, found, strict=True):
        path.write_text(json.dumps(row))
    return paths


def test_missing_values_and_unseen_categories_are_decided_and_counted(tmp_path: Path) -> None:
    seen = rows(tmp_path, {"size": 1.0, "city": "Brno", "one": 7.0}, {"size": 3.0, "city": "Ghent", "one": 7.0})
    reader = RowReader.of(json.loads(json.dumps(RowReader.fitted(seen).facts())))
    (tmp_path / "later").mkdir()
    new = rows(
        tmp_path / "later",
        {"size": None, "city": "Oslo", "one": 7.0, "further": 1.0},
        {"size": "large", "city": None},
        {"size": 1e9, "city": "Ghent", "one": 7.0},
    )
    first, second, third = (reader.read(path) for path in new)
    assert first.tolist() == [[0, 0, 1], [0, 0, 0], [0, 0, 0]]  # missing, unseen, constant
    assert second[:, 2].tolist() == [1, 1, 1]  # text in a column of numbers, missing, no such column
    assert third.tolist() == [[10, 0, 0], [0, 2, 0], [0, 0, 0]]  # cut off at 10 deviations
    counted = reader.counted(new)
    assert counted["missing_values"] == 4
    assert counted["unseen_categories"] == 1
    assert counted["constant_columns"] == 1
    assert reader.counted(seen)["unseen_categories"] == 0


def test_every_cell_changes_the_tokens_of_a_row(tmp_path: Path) -> None:
    files = rows(tmp_path, {"a": 1.0, "b": "x"}, {"a": 2.0, "b": "x"}, {"a": 1.0, "b": "y"}, {"a": None, "b": "x"})
    reader = RowReader.fitted(files)
    torch.manual_seed(0)
    encoder = ColumnEncoder(2, reader.category_count, 16, tokens=3, size=0.1)
    torch.nn.init.ones_(encoder.absent)
    tokens = encoder(torch.stack([reader.read(file) for file in files]))
    assert tokens.shape == (4, 3, 16)
    assert all(not torch.allclose(tokens[0], other) for other in tokens[1:])


def test_recordings_of_any_length_become_the_same_number_of_frames(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    short, long, other = (tmp_path / f"{name}.npy" for name in ("short", "long", "other"))
    np.save(short, rng.normal(size=(4, 3)).astype(np.float32) * [1, 5, 0] + [0, 100, 2])
    np.save(long, rng.normal(size=(20, 3)).astype(np.float32) * [1, 5, 0] + [0, 100, 2])
    np.save(other, np.zeros((4, 2), np.float32))
    reader = FrameReader(**json.loads(json.dumps(FrameReader.fitted([short, long], steps=8).facts())))
    frames = reader.read(short), reader.read(long)
    assert frames[0].shape == frames[1].shape == (8, 4)
    assert float(torch.cat(frames)[:, :3].abs().max()) < 5  # scaled, and nothing divided by zero
    assert frames[0][0, 3] < 0 < frames[1][0, 3]  # the length is kept
    with pytest.raises(DataError, match="2 features per frame"):
        reader.read(other)
