"""Builder `spoken_digits`: what kind of word a voice says, from the recordings of the telephone system Asterisk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.domains.builders._options import none
from harness.errors import DataError
from harness.items.item import Note
from harness.items.media_item import MediaBuilt, MediaItem, media_of
from harness.media.sounds import checked_sound

FILES = "*/usr/share/asterisk/sounds/*/*/*.wav"
"""Package, voice (`en_US_f_Allison`), folder, name."""
QUESTION = "What kind of word does the voice say?"
ONE_WORD = {"un": "1", "zed": "z", "ascii36": "dollar", "ascii42": "asterisk"}
"""Name of a clip -> another name for the same word."""
_NUMBER = re.compile(r"(\d+)(?:[FMn]|-and)?")
"""`1F` is feminine, `20-and` is followed by another number."""
_LARGE = re.compile(r"(hundred|thousand|million|billion)s?")


def build(source: Path, options: Mapping[str, Any]) -> MediaBuilt:
    """Some nine hundred clips of a second in five languages; the label is the kind of word.

    The name of a clip says what is spoken: `digits/7` is seven, sept, sette. The cluster is this word, whatever the
    language. Words that are made of others are in the cluster of the larger part: 21 with 20, 300 with 100. The id is
    language, folder and name. Clips of other kinds (`oclock`, `tomorrow`) are left out and counted.

    Raises:
        DataError: there is no clip, a clip is damaged, or options were given.
    """
    none(options, builder="spoken_digits")
    clips = sorted(source.glob(FILES))
    if not clips:
        hint = "run `harness fetch asterisk_sounds`"
        raise DataError("there are no recordings", where=str(source), expected=FILES, hint=hint)
    items: list[MediaItem] = []
    files: dict[str, bytes | Path] = {}
    for path in clips:
        voice, folder = path.parts[-3:-1]
        found = kind_and_word(folder, path.stem)
        if found is None:
            continue
        kind, word = found
        media = media_of("audio", checked_sound(path.read_bytes(), where=str(path)).content, ".wav")
        files[media.path] = path
        items.append(
            MediaItem(
                id=f"{voice.partition('_')[0]}-{folder}-{path.stem}",
                text=QUESTION,
                cluster=f"{kind} {word}",
                label=kind,
                media=(media,),
            )
        )
    return MediaBuilt([*items], (Note("clips of other words were left out", len(clips) - len(items)),), files)


def kind_and_word(folder: str, name: str) -> tuple[str, str] | None:
    """The kind of word of a clip, and what stands for the word in all languages; null for other words.

    `digits/h-7` -> (`ordinal number`, `7`).
    """
    name = ONE_WORD.get(name, name)
    if folder == "phonetic":
        return ("spelling word", name[0]) if re.fullmatch(r"[a-z]_p2?", name) else None
    if folder == "letters":
        is_sign = re.fullmatch(r"ascii\d+|[a-z-]{3,}|at", name)
        return ("sign", name) if is_sign else ("letter", name) if re.fullmatch(r"[a-z]", name) else None
    if re.fullmatch(r"(day|mon)-\d+", name):
        return "day or month", name
    number = _number(name.removeprefix("h-"))
    if number is None:
        return None
    return ("ordinal number" if name.startswith("h-") else "number"), number


def _number(name: str) -> str | None:
    """`28` -> `20`, `300` -> `hundred`, `millions` -> `million`; null for what is no number."""
    if large := _LARGE.fullmatch(name):
        return large[1]
    if (match := _NUMBER.fullmatch(name)) is None:
        return None
    value = int(match[1])
    return "hundred" if value >= 100 else str(value - value % 10 if value > 20 else value)
