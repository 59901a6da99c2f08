import pytest

from harness.errors import DataError
from harness.items.item import Item
from harness.user_files.label_check import MAX_LABELS, check_labels_of_file


def labelled(*labels: str | None) -> list[Item]:
    return [
        Item(id=str(place), text=f"t{place}", cluster=str(place), label=label) for place, label in enumerate(labels)
    ]


def test_one_class_is_an_error() -> None:
    with pytest.raises(DataError, match='all 3 records have the label "x"'):
        check_labels_of_file(labelled("x", "x", "x"))


@pytest.mark.parametrize("count", [MAX_LABELS + 1, 10_000])
def test_ten_thousand_classes_are_an_error_that_suggests_output(count: int) -> None:
    with pytest.raises(DataError) as error:
        check_labels_of_file(labelled(*(str(number) for number in range(count)), "0"))
    assert "free text or an identifier" in str(error.value)
    assert "--output instead of --label" in str(error.value)


def test_a_label_of_its_own_for_each_record_is_an_error() -> None:
    with pytest.raises(DataError, match="3 labels for 3 records"):
        check_labels_of_file(labelled("x", "y", "z"))


def test_labels_that_repeat_pass_and_so_do_items_without() -> None:
    check_labels_of_file(labelled(*(str(number % MAX_LABELS) for number in range(MAX_LABELS + 1))))
    check_labels_of_file(labelled(None, None))
