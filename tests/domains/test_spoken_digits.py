from __future__ import annotations

import io
import wave
from pathlib import Path

import pytest

from harness.domains.builders.spoken_digits import QUESTION, build, kind_and_word
from harness.errors import DataError
from harness.items.media_item import MediaItem

VOICES = {"en": "en_US_f_Allison", "it": "it_IT_m_Carlo"}


def clip(loudness: int, *, samples: int = 400) -> bytes:
    """A recording at 8 kHz of one value."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(loudness.to_bytes(2, "little") * samples)
    return buffer.getvalue()


def write(source: Path, language: str, name: str, content: bytes) -> Path:
    path = source / f"sounds-{language}/usr/share/asterisk/sounds/{VOICES[language]}/{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("digits/7", ("number", "7")),
        ("digits/20-and", ("number", "20")),
        ("digits/28", ("number", "20")),
        ("digits/300", ("number", "hundred")),
        ("digits/100-and", ("number", "hundred")),
        ("digits/millions", ("number", "million")),
        ("digits/1F", ("number", "1")),
        ("digits/un", ("number", "1")),
        ("digits/h-20", ("ordinal number", "20")),
        ("digits/h-hundred", ("ordinal number", "hundred")),
        ("digits/mon-11", ("day or month", "mon-11")),
        ("digits/oclock", None),
        ("digits/ore-1900", None),
        ("digits/a", None),
        ("letters/z", ("letter", "z")),
        ("letters/zed", ("letter", "z")),
        ("letters/aa", None),
        ("letters/at", ("sign", "at")),
        ("letters/ascii36", ("sign", "dollar")),
        ("letters/exclaimation-point", ("sign", "exclaimation-point")),
        ("phonetic/k_p2", ("spelling word", "k")),
        ("phonetic/9_p", None),
    ],
)
def test_the_name_of_a_clip_tells_kind_and_word(named: str, expected: tuple[str, str] | None) -> None:
    folder, name = named.split("/")
    assert kind_and_word(folder, name) == expected


def test_a_word_is_one_cluster_in_all_languages_and_other_words_are_counted(tmp_path: Path) -> None:
    seven, sette = (write(tmp_path, language, "digits/7", clip(place)) for place, language in enumerate(VOICES, 1))
    write(tmp_path, "en", "digits/oclock", clip(3))
    built = build(tmp_path, {})
    assert [(item.id, item.cluster, item.label, item.text) for item in built.items] == [
        ("en-digits-7", "number 7", "number", QUESTION),
        ("it-digits-7", "number 7", "number", QUESTION),
    ]
    shown = [item.media[0].path for item in built.items if isinstance(item, MediaItem)]
    assert [built.files[path] for path in shown] == [seven, sette]
    assert [note.count for note in built.notes] == [1]


def test_a_clip_without_sound_and_a_folder_without_clips_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no recordings") as raised:
        build(tmp_path, {})
    assert "harness fetch" in str(raised.value)
    path = write(tmp_path, "it", "letters/b", clip(1, samples=0))
    with pytest.raises(DataError, match="zero length") as raised:
        build(tmp_path, {})
    assert str(path) in str(raised.value)
