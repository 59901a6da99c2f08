"""Bad files: each gives a clear error, or a decision that is counted."""

import gzip
import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.user_files.containers import choose_reader
from harness.user_files.containers import read_file as files
from harness.user_files.containers.byte_stream import ByteStream, HashedFile
from harness.user_files.containers.read_file import read_file
from harness.user_files.containers.text_stream import TextStream
from harness.user_files.decision_log import DecisionLog
from harness.user_files.record import MAX_LINE, Record
from tests.user_files.bad_files import LINES, ROWS, complaint, write_file
from tests.user_files.written_containers import write_container, write_lines


def test_lines_and_places_of_records_are_known(tmp_path: Path) -> None:
    records = read_file(write_file(tmp_path, "\n" + LINES.replace("\n", "\n\n"))).records
    assert [(record.line, record.index, record.value) for record in records] == [(2, 0, ROWS[0]), (4, 1, ROWS[1])]


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("name", ["data.jsonl", "data.csv", "data.json", "data.txt"])
def test_byte_order_marks_are_understood(tmp_path: Path, codec: str, name: str) -> None:
    content = {"data.csv": "text\nå漢🙂\n", "data.txt": "å漢🙂"}.get(name, json.dumps([{"text": "å漢🙂"}]))
    read = read_file(write_file(tmp_path, content.encode(codec), name))
    assert [record.value for record in read.records] == [{"text": "å漢🙂"}]
    assert read.encoding == ("UTF-16" if codec == "utf-16" else "UTF-8 with BOM")
    assert bool(read.notes) == (codec == "utf-16")


def test_big_endian_utf_16_is_understood(tmp_path: Path) -> None:
    content = b"\xfe\xff" + "text\nå\n".encode("utf-16-be")
    assert read_file(write_file(tmp_path, content, "data.csv")).records[0].value == {"text": "å"}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("before", [0, 1, 5000, 100_000])
@pytest.mark.parametrize("name", ["data.csv", "data.json"])
def test_another_encoding_is_an_error_that_names_the_byte(tmp_path: Path, before: int, name: str, mark: bytes) -> None:
    content = mark + b"text\n" + b"x\n" * before + "Åsa".encode("latin-1")
    message = complaint(write_file(tmp_path, content, name))
    assert f"byte {content.index(0xC5):,} is 0xc5" in message
    assert "iconv -f WINDOWS-1252 -t UTF-8" in message


def test_a_character_cut_off_at_the_end_names_its_byte(tmp_path: Path) -> None:
    assert "byte 6 is 0xc3 (unexpected end of data)" in complaint(write_file(tmp_path, b"text\na\xc3", "data.csv"))


def test_utf_16_cut_off_in_a_character_is_an_error(tmp_path: Path) -> None:
    assert "is not UTF-16 text" in complaint(write_file(tmp_path, "text\nab".encode("utf-16") + b"\x00", "data.csv"))


@pytest.mark.parametrize(
    ("codec", "name"), [("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE"), ("utf-32", "UTF-32")]
)
def test_utf_16_without_a_mark_and_utf_32_are_named(tmp_path: Path, codec: str, name: str) -> None:
    assert f"iconv -f {name} -t UTF-8" in complaint(write_file(tmp_path, "text\nabc\n".encode(codec), "data.csv"))


def zipped(member: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, "x")
    return buffer.getvalue()


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("data.csv"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG picture"),
        (zipped("data.csv"), "a zip archive"),
        (tarred(), "a tar archive"),
        (zipped("xl/workbook.xml"), "an Excel workbook"),
        (pickle.dumps({"text": "a"}), "a Python pickle"),
        (b"%PDF-1.7", "a PDF document"),
        (b"SQLite format 3\0", "an SQLite database"),
        (gzip.compress(gzip.compress(b"text\na\n", mtime=0), mtime=0), "gzip inside gzip"),
        (b"text\na\0b\n", "a binary file"),
        (b"ab\xff\0\x01\x02\x03", "a binary file"),
    ],
)
@pytest.mark.parametrize("name", ["data.csv", "data.jsonl", "data.json", "data.txt", "data"])
def test_a_binary_file_is_named(tmp_path: Path, content: bytes, kind: str, name: str) -> None:
    assert f"it looks like {kind}" in complaint(write_file(tmp_path, content, name))


def test_a_nul_far_down_names_its_line(tmp_path: Path) -> None:
    path = write_file(tmp_path, "text\n" + "x\n" * 5000 + "a\0b\n", "data.csv")
    assert f"{path}:5002: character 2 is NUL" in complaint(path)


@pytest.mark.parametrize("name", ["data.jsonl", "data.csv", "data.txt"])
def test_a_line_of_100_mb_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    path = write_file(tmp_path, gzip.compress(b'{"text": "a"}\n' + b"x" * 10**8, 1), f"{name}.gz")
    assert f"{path}:2: the line has more than {MAX_LINE:,} characters" in complaint(path)


def test_a_long_line_within_the_limit_is_read(tmp_path: Path) -> None:
    text = "x" * 1_000_000
    assert read_file(write_container(tmp_path, [{"text": text}], kind="csv")).records[0].value == {"text": text}


@pytest.mark.parametrize("name", ["data.jsonl", "data.json", "data.csv", "data.parquet", "data.txt", "data.csv.gz"])
def test_an_empty_file_is_an_error(tmp_path: Path, name: str) -> None:
    assert "is empty" in complaint(write_file(tmp_path, b"", name))


def test_an_empty_file_in_gzip_is_an_error(tmp_path: Path) -> None:
    assert "is empty" in complaint(write_file(tmp_path, gzip.compress(b""), "data.csv.gz"))


@pytest.mark.parametrize("name", ["data.jsonl", "data.csv", "data.txt"])
def test_blank_lines_alone_are_an_error(tmp_path: Path, name: str) -> None:
    assert "only blank lines" in complaint(write_file(tmp_path, " \n\n", name))


@pytest.mark.parametrize(
    ("name", "content"), [("data.csv", "text,label\n"), ("data.json", "[]"), ("d.json", '{"data": []}')]
)
def test_a_file_without_records_is_an_error(tmp_path: Path, name: str, content: str) -> None:
    assert "holds no records" in complaint(write_file(tmp_path, content, name))


def test_parquet_without_rows_is_an_error(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "data.parquet")
    assert "holds no records" in complaint(tmp_path / "data.parquet")


def test_damaged_parquet_is_an_error(tmp_path: Path) -> None:
    path = write_container(tmp_path, ROWS, kind="parquet")
    path.write_bytes(path.read_bytes()[:-20])
    assert "cannot be read as Parquet" in complaint(path)


def test_a_parquet_name_on_other_content_is_an_error(tmp_path: Path) -> None:
    assert "does not start with PAR1" in complaint(write_file(tmp_path, "text\na\n", "data.parquet"))


def test_parquet_is_recognised_under_any_name(tmp_path: Path) -> None:
    path = write_container(tmp_path, ROWS, kind="parquet").rename(tmp_path / "data.csv")
    assert [record.value for record in read_file(path).records] == ROWS


def test_nan_of_parquet_is_missing(tmp_path: Path) -> None:
    rows = [{"text": "a", "label": float("nan")}, {"text": "b", "label": 1.0}]
    records = read_file(write_container(tmp_path, rows, kind="parquet")).records
    assert [record.value["label"] for record in records] == [None, 1.0]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_damaged_gzip_is_an_error(tmp_path: Path, kind: str) -> None:
    path = write_container(tmp_path, ROWS * 50, kind=kind, zipped=True)
    path.write_bytes(path.read_bytes()[:-12])
    assert "the gzip file is damaged or cut off" in complaint(path)


def test_a_decompression_bomb_is_stopped_at_the_limit() -> None:
    packed = io.BytesIO(gzip.compress(b"x" * 10**7))
    stream = ByteStream(HashedFile(packed), path="bomb.gz", limit=10**6)
    with pytest.raises(DataError, match="unpacks to more than 1,000,000 bytes"):
        stream.read()
    assert stream.delivered <= 10**6


def test_what_is_read_is_what_lies_in_the_file(tmp_path: Path) -> None:
    content = bytes(range(1, 256)) * 1000
    stream = ByteStream(HashedFile(io.BytesIO(content)), path="file")
    assert stream.read(10) + stream.read1(3) + stream.read() == content
    assert stream.delivered == len(content)


@pytest.mark.parametrize("change", ["appended", "rewritten", "deleted", "cut"])
def test_a_file_that_changes_while_it_is_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = write_file(tmp_path, LINES)
    reader = choose_reader.READERS[".jsonl"]

    def reading_while_it_changes(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
        records = list(reader(text, decisions))
        if change == "appended":
            path.write_text(LINES + LINES)
        elif change == "rewritten":
            path.write_text(LINES.replace("a", "z"))
        elif change == "deleted":
            path.unlink()
        else:
            path.write_text(LINES[:20])
            raise DataError("the record is cut off")
        return iter(records)

    monkeypatch.setitem(choose_reader.READERS, ".jsonl", reading_while_it_changes)
    assert "changed while it was read" in complaint(path)


def test_a_change_that_keeps_size_and_time_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_file(tmp_path, LINES)
    monkeypatch.setattr(files, "_state", lambda path: (0, 0))
    reader = choose_reader.READERS[".jsonl"]

    def reading_while_it_changes(text: TextStream, decisions: DecisionLog) -> Iterator[Record]:
        records = list(reader(text, decisions))
        path.write_text(LINES.replace("a", "z"))
        return iter(records)

    monkeypatch.setitem(choose_reader.READERS, ".jsonl", reading_while_it_changes)
    assert "changed while it was read" in complaint(path)


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    assert "does not exist" in complaint(tmp_path / "none.csv")
    assert "the path is not a file" in complaint(tmp_path)


def test_an_unknown_suffix_lists_the_known_ones(tmp_path: Path) -> None:
    message = complaint(write_file(tmp_path, "text\na\n", "data.dat"))
    assert 'the suffix ".dat" is unknown' in message
    assert ".jsonl, .ndjson, .json, .csv" in message


def test_json_is_recognised_under_an_unknown_suffix(tmp_path: Path) -> None:
    assert len(read_file(write_file(tmp_path, LINES, "data.dat")).records) == 2


def test_writers_of_the_tests_agree_with_the_reader(tmp_path: Path) -> None:
    assert [record.value for record in read_file(write_lines(tmp_path, *ROWS)).records] == ROWS


def test_a_date_beyond_the_year_9999_is_an_error(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    never = pa.array([2**40] * 2, pa.timestamp("s"))
    pq.write_table(pa.table({"text": ["a", "b"], "ends": never}), tmp_path / "data.parquet")
    assert "out of Python's range" in complaint(tmp_path / "data.parquet")
