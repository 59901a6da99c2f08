from pathlib import Path

import pytest

from harness.runtime.atomic_output import atomic_file, atomic_folder


def test_the_folder_appears_when_the_block_ends_and_replaces_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    for text in ("one", "two"):
        with atomic_folder(target) as folder:
            (folder / f"{text}.txt").write_text(text)
            assert not (target / f"{text}.txt").exists()
    assert [path.name for path in target.iterdir()] == ["two.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_exception_the_old_folder_is_untouched(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "out"
    with atomic_folder(target) as folder:
        (folder / "old.txt").write_text("old")

    def fail() -> None:
        with atomic_folder(target) as folder:
            (folder / "new.txt").write_text("new")
            raise error

    with pytest.raises(error):
        fail()
    assert (target / "old.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_leftovers_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    left = tmp_path / ".out.partial"
    left.mkdir()
    (left / "half.txt").write_text("half")
    with atomic_folder(tmp_path / "out") as folder:
        assert list(folder.iterdir()) == []
    assert not left.exists()


def test_an_output_that_dvc_made_read_only_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with atomic_folder(target) as folder:
        (folder / "a.txt").write_text("a")
    (target / "a.txt").chmod(0o444)
    with atomic_folder(target) as folder:
        (folder / "b.txt").write_text("b")
    assert [path.name for path in target.iterdir()] == ["b.txt"]


def test_a_file_appears_complete_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "sub/file.txt"
    with atomic_file(target) as working:
        working.write_text("whole")

    def fail() -> None:
        with atomic_file(target) as working:
            working.write_text("half")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert target.read_text() == "whole"
    assert [path.name for path in target.parent.iterdir()] == ["file.txt"]
