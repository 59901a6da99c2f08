from pathlib import Path

from tests.user_files.read_records import notes, read, row


def test_the_id_column_names_the_items(tmp_path: Path) -> None:
    assert [item.id for item in read(tmp_path, row("a", id=7), row("b", id="n 8")).items] == ["7", "n 8"]
    reading = read(tmp_path, row("a", ticket=1.0), row("b", ticket=2.0), id="ticket")
    assert [(item.id, item.cluster) for item in reading.items] == [("1", "1"), ("2", "2")]


def test_ids_shared_by_different_records_give_way_to_content_ids(tmp_path: Path) -> None:
    plain = read(tmp_path, row("a"), row("b"), row("c"))
    reading = read(tmp_path, row("a", id=1), row("b", id=1), row("c", id=2))
    assert [item.id for item in reading.items] == [item.id for item in plain.items]
    assert notes(reading) == {
        "records share their id with a different record, so all ids were made from the contents": 2
    }


def test_a_record_that_is_there_twice_with_its_id_is_left_out_once(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", id=1), row("b", id=2), row("a", id=1))
    assert [(item.id, item.text) for item in reading.items] == [("1", "a"), ("2", "b")]
    assert notes(reading) == {"records that repeat an earlier record and its id were left out": 1}


def test_ids_here_and_there_give_way_to_content_ids(tmp_path: Path) -> None:
    reading = read(tmp_path, row("a", id=1), row("b", id=None), row("c"))
    assert len({item.id for item in reading.items}) == 3
    assert notes(reading) == {"records have no id although others do, so all ids were made from the contents": 2}


def test_content_ids_do_not_depend_on_the_order_and_copies_get_a_suffix(tmp_path: Path) -> None:
    records = [row("a"), row("b"), row("a", group="g"), row("a", "y")]
    forward = read(tmp_path, *records, cluster="group").items
    backward = read(tmp_path, *records[::-1], cluster="group").items
    assert {item.id: item for item in forward} == {item.id: item for item in backward}
    first, second = sorted(item.id for item in forward if item.text == "a" and item.label == "x")
    assert second == f"{first}-2"
