from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from harness.errors import DataError
from harness.items.media import Media, kinds_of, why_unreadable
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question, content_hash, plain_row, read_rows, row_of, stored_media_kinds, write_rows

PLAIN = Question("1", "test", "c", "text ünï", "prompt", ("a", "b"), "a", ("x",))


def store(folder: Path, content: bytes) -> Media:
    """A picture below the prepared domain, named by its content."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / "media" / f"{sha256}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Media("image", sha256, f"media/{sha256}.png")


def with_image(folder: Path, content: bytes = b"a square") -> Question:
    return Question(
        "2", "test", "c", "which shape?", "which shape?", ("square",), "square", (), (store(folder, content),)
    )


@pytest.fixture
def shapes(tmp_path: Path) -> PreparedDomain:
    """A domain with one question about a picture and one without."""
    folder = tmp_path / "shapes"
    rows = [with_image(folder), PLAIN]
    write_rows(Question, rows, folder / "views/classify.parquet")
    write_rows(Question, [PLAIN], folder / "views/answer.parquet")
    views = {name: {"sha256": content_hash(part)} for name, part in (("classify", rows), ("answer", [PLAIN]))}
    (folder / "views.json").write_text(json.dumps({"language": "en", "labels": [], "views": views}))
    return PreparedDomain.open(folder)


def test_rows_without_media_are_stored_as_they_were_before_there_was_any(tmp_path: Path) -> None:
    write_rows(Question, [PLAIN], tmp_path / "plain.parquet")
    assert "media" not in pq.read_schema(tmp_path / "plain.parquet").names
    assert content_hash([PLAIN]) == "784077598b48ed05bda85a243f1dad1b6c4f37ee66f437db0e95765f0252f8f3"
    assert "media" not in plain_row(PLAIN)


def test_a_question_with_a_picture_comes_back_with_the_file_that_it_shows(shapes: PreparedDomain) -> None:
    shown, plain = shapes.questions("classify", "test")
    assert (shown, plain) == (with_image(shapes.folder), PLAIN)
    assert shown.media[0].file.read_bytes() == b"a square"
    assert plain.media == ()


def test_another_picture_is_another_question(tmp_path: Path) -> None:
    one, other = with_image(tmp_path, b"a square"), with_image(tmp_path, b"a circle")
    assert content_hash([one]) != content_hash([other])
    assert content_hash([one]) == content_hash([with_image(tmp_path / "elsewhere", b"a square")])


def test_a_missing_file_is_named_with_the_rows_that_need_it(shapes: PreparedDomain) -> None:
    path = shapes.questions("classify", "test")[0].media[0]
    path.file.unlink()
    with pytest.raises(DataError, match="of a question is missing") as raised:
        read_rows(Question, shapes.folder / "views/classify.parquet", media_folder=shapes.folder)
    message = str(raised.value)
    assert message.startswith(f"{shapes.folder}/views/classify.parquet: the image {path.path}")
    assert "hint: run `dvc repro prepare`" in message


def test_a_view_names_the_kinds_of_media_that_it_holds(shapes: PreparedDomain) -> None:
    assert shapes.media_kinds("classify") == {"image"}
    assert shapes.media_kinds("answer") == frozenset()
    assert stored_media_kinds(shapes.folder / "views/none.parquet") == frozenset()
    assert kinds_of(shapes.questions("classify", "test")) == {"image"}


def test_a_row_survives_json(tmp_path: Path) -> None:
    for row in (PLAIN, with_image(tmp_path)):
        assert row_of(Question, json.loads(json.dumps(plain_row(row)))) == row


def test_media_of_a_question_that_was_made_in_memory_have_no_file() -> None:
    with pytest.raises(ValueError, match="not read from a prepared domain"):
        _ = Media("image", "0", "media/0.png").file


@pytest.mark.parametrize(
    ("kinds", "reads", "expected"),
    [
        ([], ["text"], None),
        (["image"], ["text", "image"], None),
        (["image"], ["text"], "peft/lora reads text only; the view classify of shapes has images"),
        (
            ["table", "audio"],
            ["text", "image"],
            "peft/lora reads text and image only; the view classify of shapes has audio recordings and tables",
        ),
    ],
)
def test_media_that_are_not_read_are_named(kinds: list[str], reads: list[str], expected: str | None) -> None:
    source = "the view classify of shapes"
    assert why_unreadable(kinds, reads=reads, reader="peft/lora", source=source) == expected
