import io
import zipfile
from pathlib import Path

import pytest

from harness.errors import DataError
from harness.user_files.containers.read_file import read_file

LINES = '{"text": "a"}\n{"text": "b"}\n'


def write(folder: Path, **members: str) -> Path:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    path = folder / "data.zip"
    path.write_bytes(content.getvalue())
    return path


def test_the_only_file_of_a_zip_is_read_by_its_own_suffix(tmp_path: Path) -> None:
    path = write(tmp_path, **{"export/": "", "export/rows.jsonl": LINES, "__MACOSX/export/._rows.jsonl": "x"})
    assert [record.value for record in read_file(path).records] == [{"text": "a"}, {"text": "b"}]


def test_a_zip_of_several_files_names_them_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds 2 files: a\.jsonl, readme(.|\n)*unpack it, and give one of its files"):
        read_file(write(tmp_path, **{"a.jsonl": LINES, "readme": "x"}))


def test_a_damaged_zip_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, **{"a.jsonl": LINES})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match="the zip file cannot be read"):
        read_file(path)
