"""Builder `vowels`: which of nine speakers says a Japanese vowel, from the frames of JapaneseVowels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.domains.builders._options import none
from harness.errors import DataError
from harness.items.item import Split
from harness.items.media_item import MediaBuilt, MediaItem, media_of
from harness.media.sounds import frames_file

FILES: dict[Split, str] = {
    "train": "aeon/datasets/data/JapaneseVowels/JapaneseVowels_TRAIN.ts",
    "test": "aeon/datasets/data/JapaneseVowels/JapaneseVowels_TEST.ts",
}
FEATURES = 12
"""Linear prediction coefficients of a frame."""
QUESTION = "Which of the nine speakers says this vowel?"
EXPECTED = "the layout of aeon 1.6.0: 12 series of equal length, then the speaker, with colons between them"


def build(source: Path, options: Mapping[str, Any]) -> MediaBuilt:
    """640 recordings of 7 to 29 frames with 12 linear prediction coefficients each; the label is the speaker.

    Item, id and cluster are one recording. `given_split`: 270 recordings for training and 370 for the test, as the
    authors split them (Kudo, Toyama and Shimbo 1999).

    Raises:
        DataError: a file is missing or has another layout, or options were given.
    """
    none(options, builder="vowels")
    items: list[MediaItem] = []
    files: dict[str, bytes | Path] = {}
    for split, name in FILES.items():
        for number, (content, speaker) in enumerate(_recordings(source / name), 1):
            media = media_of("audio", content, ".npy")
            files[media.path] = content
            items.append(
                MediaItem(
                    id=f"{split}_{number}",
                    text=QUESTION,
                    cluster=f"{split}_{number}",
                    label=f"speaker {speaker}",
                    given_split=split,
                    media=(media,),
                )
            )
    return MediaBuilt([*items], (), files)


def _recordings(path: Path) -> Iterator[tuple[bytes, str]]:
    """(file of frames, speaker) of each recording."""
    import numpy as np

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise DataError("the recordings are missing", where=str(path), hint="run `harness fetch`") from None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith(("#", "@")):
            continue
        where = f"{path}:{number}"
        *series, speaker = line.split(":")
        try:
            values = [[float(value) for value in one.split(",")] for one in series]
        except ValueError as error:
            raise DataError(f"the recording cannot be read: {error}", where=where, expected=EXPECTED) from None
        if len(series) != FEATURES or len({len(one) for one in values}) != 1:
            lengths = sorted({len(one) for one in values})
            what = f"the recording has {len(series)} series of {lengths} values"
            raise DataError(what, where=where, expected=EXPECTED)
        yield frames_file(np.array(values, dtype=np.float32).T, where=where), speaker.strip()
