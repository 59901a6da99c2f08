"""Read a folder of pictures or recordings, laid out as `datasets` expects an imagefolder or an audiofolder.

    metadata.jsonl, metadata.csv or metadata.parquet --> rows with `file_name`  \\
    class folders (`cat/1.png`)                       --> the folder is the label  >--> items, checked files
    folders train, validation, test                  --> splits                   /
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from harness.domains.media_files.metadata import METADATA, FileRow, is_metadata, read_metadata
from harness.domains.media_files.reading import MediaReading, OptionValue
from harness.errors import DataError
from harness.items.item import Split
from harness.items.media import PLURAL, Media, MediaKind
from harness.items.media_item import MediaItem, media_of
from harness.media.images import IMAGE_SUFFIXES, checked_image
from harness.media.refusal import Checked, UnusableFile
from harness.media.sounds import OTHER_SOUNDS, SOUND_SUFFIXES, checked_frames, checked_sound
from harness.user_files.columns import Columns
from harness.user_files.containers.choose_reader import SUFFIXES, TEXT_SUFFIXES, suffix_of
from harness.user_files.decision_log import DecisionLog
from harness.user_files.folders.paths import class_of_path, split_of_path

QUESTIONS: dict[MediaKind, str] = {
    "image": "What does this image show?",
    "audio": "What is heard in this recording?",
}
"""The question where the metadata has none."""
NOT_NAMED = "{kind} are named by no row of the metadata and were not read"
NO_CLASS = "{kind} are in no folder of a class and were not read"
UNDECODED = "recordings need a decoder that is not installed ({suffixes}) and were not read; convert them to WAV"
LEFT_OUT = "{kind} were left out: {reason}"


@dataclass
class _Store:
    """The checked files, and what was decided about them."""

    folder: Path
    kind: MediaKind
    decisions: DecisionLog
    files: dict[str, bytes | Path] = field(default_factory=dict)
    known: dict[str, Media | None] = field(default_factory=dict)
    """Relative path -> its medium; null for a file that cannot be used."""

    def media(self, name: str) -> Media | None:
        """The medium of a file; null, and counted, if it cannot be used."""
        if name not in self.known:
            self.known[name] = self._checked(name)
        return self.known[name]

    def _checked(self, name: str) -> Media | None:
        path, plural = self.folder / name, PLURAL[self.kind]
        content = path.read_bytes()
        try:
            checked = _check_of(name)(content, where=str(path))
        except UnusableFile as error:
            self.decisions.count(LEFT_OUT.format(kind=plural, reason=error.reason))
            return None
        for change in checked.changes:
            self.decisions.count(f"{plural} {change}")
        media = media_of(self.kind, checked.content, checked.suffix)
        self.files[media.path] = path if checked.content == content else checked.content
        return media


def _check_of(name: str) -> Callable[..., Checked]:
    suffix = PurePosixPath(name).suffix.casefold()
    return checked_image if suffix in IMAGE_SUFFIXES else checked_frames if suffix == ".npy" else checked_sound


def is_media_folder(names: Sequence[str]) -> bool:
    """Whether a folder holds mostly pictures or recordings, and no records but their metadata."""
    seen = _visible(names)
    texts = [name for name in seen if suffix_of(name) in TEXT_SUFFIXES or "." not in PurePosixPath(name).name]
    records = [name for name in seen if suffix_of(name) in SUFFIXES and name not in texts]
    return len(_of_media(names)) > len(texts) and all(is_metadata(name) for name in records)


def chosen_names(names: Sequence[str], pattern: str | None) -> list[str]:
    """The files that match the glob pattern, and all metadata; without a pattern all files."""
    return [name for name in names if pattern is None or is_metadata(name) or fnmatchcase(name, pattern)]


def read_media_folder(
    folder: Path,
    names: Sequence[str],
    *,
    columns: Columns,
    caption: str | None = None,
    question: str | None = None,
) -> MediaReading:
    """Items of the files `names` (relative paths) of the folder.

    - With metadata each row is an item: its file, and what the columns say about it. `columns` and `caption` name some
      of them; others are recognised.
    - Without metadata each file is an item, and the folder that it is in is its label.
    - `question` is the text of items whose row has none. The path of the file is an item's id and cluster, if no column
      gives them.

    A file that cannot be used is left out and counted (`harness.media` says which).

    Raises:
        DataError: pictures and recordings are mixed; metadata name a file that does not exist, or a column is missing;
            there are neither metadata nor class folders; no file can be used.
    """
    where = str(folder)
    found, decisions = _of_media(names), DecisionLog()
    kind = _kind(found, names, decisions, where=where)
    store = _Store(folder, kind, decisions)
    asked = question or QUESTIONS[kind]
    metadata = [name for name in _visible(names) if is_metadata(name)]
    if metadata:
        rows, roles = read_metadata(folder, metadata, columns, decisions, caption=caption)
        _refuse_missing(rows, set(names), where=where)
        unnamed = set(found) - {row.file for row in rows}
        decisions.count(NOT_NAMED.format(kind=PLURAL[kind]), len(unnamed))
        title = f"a folder of {PLURAL[kind]} with {PurePosixPath(metadata[0]).name}"
    else:
        rows, roles = _rows_of_paths(found, kind, columns, decisions, where=where), {}
        title = f"a folder of {PLURAL[kind]} in class folders"
    if "split" not in roles:
        splits = _splits([row.file for row in rows])
        rows = [replace(row, split=splits.get(row.file)) for row in rows]
    items = list(_items(rows, store, question=asked))
    if not items:
        reasons = "; ".join(f"{note.count} {note.what}" for note in decisions.notes())
        raise DataError(f"no file of the folder can be used: {reasons or 'there is none'}", where=where)
    options: dict[str, OptionValue] = {"question": asked, **roles}
    return MediaReading(kind, title, items, store.files, decisions.notes(), len(rows), options, roles)


def _items(rows: Sequence[FileRow], store: _Store, *, question: str) -> Iterator[MediaItem]:
    seen: dict[str, int] = {}
    for row in rows:
        media = store.media(row.file)
        if media is None:
            continue
        seen[row.file] = seen.get(row.file, 0) + 1
        number = f"-{seen[row.file]}" if seen[row.file] > 1 else ""
        yield MediaItem(
            id=row.id or f"{row.file}{number}",
            text=row.question or question,
            cluster=row.cluster or row.file,
            label=row.label,
            answer=row.answer,
            given_split=row.split,
            media=(media,),
            caption=row.caption,
        )


def _kind(found: Sequence[str], names: Sequence[str], decisions: DecisionLog, *, where: str) -> MediaKind:
    images = [name for name in found if PurePosixPath(name).suffix.casefold() in IMAGE_SUFFIXES]
    others = [name for name in names if PurePosixPath(name).suffix.casefold() in OTHER_SOUNDS]
    if others:
        suffixes = ", ".join(sorted({PurePosixPath(name).suffix.casefold() for name in others}))
        decisions.count(UNDECODED.format(suffixes=suffixes), len(others))
    if not found:
        what = f"the folder holds no {'WAV file' if others else 'image and no recording'}"
        raise DataError(what, where=where, expected=f"files with a suffix {', '.join(IMAGE_SUFFIXES + SOUND_SUFFIXES)}")
    if images and len(images) < len(found):
        what = f"the folder holds {len(images)} images and {len(found) - len(images)} recordings"
        raise DataError(what, where=where, expected="one kind of files", hint="choose with --files, such as '*.png'")
    return "image" if images else "audio"


def _rows_of_paths(
    found: Sequence[str], kind: MediaKind, columns: Columns, decisions: DecisionLog, *, where: str
) -> list[FileRow]:
    """A row per file: its folder is its label, and a folder above may be its split."""
    if columns.named:
        option, name = next(iter(columns.named.items()))
        hint = "write a metadata.csv with the column file_name, or leave the option out"
        raise DataError(
            f'--{option} names the column "{name}", and the folder has no {METADATA}', where=where, hint=hint
        )
    labels = {name: class_of_path(name, "folder") for name in found}
    inside = [name for name in found if labels[name]]
    if not inside:
        raise DataError(
            f"nothing says what the {PLURAL[kind]} show",
            where=where,
            expected=f"folders named after classes, or a {METADATA} with the column file_name",
            hint="for example cats/1.png and dogs/2.png",
        )
    decisions.count(NO_CLASS.format(kind=PLURAL[kind]), len(found) - len(inside))
    return [FileRow(name, label=labels[name]) for name in inside]


def _splits(names: Sequence[str]) -> Mapping[str, Split]:
    """File -> the split that a folder of its path names; empty unless all files are in one of at least two splits."""
    found = {name: split_of_path(str(PurePosixPath(name).parent)) for name in names}
    given = {name: split for name, split in found.items() if split is not None}
    return given if len(given) == len(names) and len(set(given.values())) > 1 else {}


def _refuse_missing(rows: Sequence[FileRow], names: set[str], *, where: str) -> None:
    missing = list(dict.fromkeys(row.file for row in rows if row.file not in names))
    if missing:
        raise DataError(
            f"the metadata name {len(missing)} files that do not exist, the first is {missing[0]}",
            where=where,
            expected="paths relative to the folder of the metadata",
            hint="add the files, or take their rows out",
        )


def _of_media(names: Sequence[str]) -> list[str]:
    return [
        name for name in _visible(names) if PurePosixPath(name).suffix.casefold() in (*IMAGE_SUFFIXES, *SOUND_SUFFIXES)
    ]


def _visible(names: Sequence[str]) -> list[str]:
    """The files that no program hid, such as `._1.png` of macOS."""
    return [
        name
        for name in names
        if not any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)
    ]
