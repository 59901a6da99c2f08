import pytest

from harness.user_files.folders.paths import class_of_path, split_of_path


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train/pos/0_9.txt", "train"),
        ("data/test-00000-of-00001.parquet", "test"),
        ("tickets_dev.jsonl.gz", "validation"),
        ("20news-bydate-train/sci.med/49960", "train"),
        ("val.csv", "validation"),
        ("training_of_staff/manual_1.txt", "train"),
        ("trainers.csv", None),
        ("pos/all.txt", None),
    ],
)
def test_the_split_is_a_word_at_the_edge_of_a_part(name: str, split: str | None) -> None:
    assert split_of_path(name) == split


def test_the_class_is_the_folder_or_the_name_of_the_file() -> None:
    assert class_of_path("train/pos/1.txt", "folder") == "pos"
    assert class_of_path("train/1.txt", "folder") is None
    assert class_of_path("1.txt", "folder") is None
    assert class_of_path("data/pos.jsonl.gz", "file") == "pos"
