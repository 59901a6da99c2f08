from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.project import Project
from harness.config.source import WheelSource
from harness.domains.builders.merchant_codes import COMPANIES, FOLDER, NETWORKS, build
from harness.errors import DataError
from harness.items.item import Item
from harness.sources.selection import wanted
from tests.tree import ROOT

RANGES = ["0700,0999,Agricultural services", "3000,3999,Reserved for private use", "7300,7529,Business services"]
PRIVATE = ["3000,3350,Airlines", "3351,3500,Car rental", "3501,3999,Lodging"]
LISTS = {
    "iso": ["0742,Veterinary services", "0763,Agricultural co-operatives", "0780,Landscaping -- and gardens"],
    "visa": ["0742,VETERINARY SERVICES", "3008,LUFTHANSA (GERMANY)", "3009,AIR CANADA", "3357,HERTZ", "3509,MARRIOTT"],
    "mastercard": ["0742,Animal doctors", '0780,"Horticultural,  Landscaping"', "3509,Marriott Hotels"],
    "stripe": ["0763,Agricultural Cooperative", "7311,Advertising Services ( print )"],
    "usda": [
        "0780,Horticultural Services",
        "0780,Landscaping Services",
        "3008,Trans Ocean",
        "7399,Others (No longer used)",
    ],
}


def write_lists(folder: Path, lists: dict[str, list[str]] = LISTS) -> None:
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for network, file in NETWORKS.items():
        (folder / FOLDER / file).write_text("\n".join(["MCC,DESCRIPTION,NAME", *lists.get(network, [])]) + "\n")
    for file, rows in {"iso18245_ranges.csv": RANGES, "private_ranges.csv": PRIVATE}.items():
        (folder / FOLDER / file).write_text("\n".join(["MCC START,MCC END,DESCRIPTION", *rows]) + "\n")


def built(folder: Path, lists: dict[str, list[str]] = LISTS) -> dict[str, Item]:
    write_lists(folder, lists)
    return {item.id: item for item in build(folder, {}).items}


def test_the_main_wording_has_the_code_and_others_find_it(tmp_path: Path) -> None:
    items = built(tmp_path)
    main, other = items["0742-iso"], items["0742-mastercard"]
    assert (main.text, main.label, main.cluster, main.code) == (
        "Veterinary services",
        "Agricultural services",
        "0742",
        "0742",
    )
    assert (main.positive, other.code) == (None, None)
    assert (other.text, other.label, other.cluster) == ("Animal doctors", main.label, main.cluster)
    assert (other.anchors, other.positive) == (("Animal doctors",), "Veterinary services")
    assert other.negatives == ("Agricultural co-operatives", "Landscaping - and gardens")
    assert other.negatives == main.wrong_answers


def test_networks_that_write_the_same_words_give_one_item(tmp_path: Path) -> None:
    names = [name for name in built(tmp_path) if name.startswith(("0742", "0780"))]
    assert names == ["0742-iso", "0742-mastercard", "0780-iso", "0780-mastercard", "0780-usda", "0780-usda-2"]


def test_texts_are_one_line_in_mixed_letters(tmp_path: Path) -> None:
    items = built(tmp_path)
    assert items["0780-mastercard"].text == "Horticultural, Landscaping"
    assert items["7311-stripe"].text == "Advertising Services (print)"
    assert items["3008-visa"].text == "Lufthansa (Germany)"


def test_companies_whose_names_tell_the_label_are_left_out(tmp_path: Path) -> None:
    items = built(tmp_path)
    assert {name: item.label for name, item in items.items() if name.startswith("3")} == {
        "3008-visa": "Airlines",
        "3008-usda": "Airlines",
        "3509-visa": "Lodging",
    }
    assert items["3008-usda"].positive is None  # another company, not a paraphrase


def test_wordings_that_are_withdrawn_are_left_out_and_companies_are_few(tmp_path: Path) -> None:
    many = {**LISTS, "amex": [f"{code},Name {code}" for code in range(3100, 3180)]}
    items = built(tmp_path, many)
    assert "7399-usda" not in items
    assert len({item.cluster for item in items.values() if item.label == "Airlines"}) == COMPANIES


def test_a_missing_code_ends_like_the_real_one_and_no_network_has_it(tmp_path: Path) -> None:
    lists = {**LISTS, "visa": [*LISTS["visa"], "3142,AIR NOWHERE"]}
    items = built(tmp_path, lists)
    missing = [(item.code, item.missing_code) for item in items.values() if item.missing_code]
    assert missing
    assert all(code[2:] == other[2:] and code != other for code, other in missing if code)
    assert not {other for _, other in missing} & {row[:4] for rows in lists.values() for row in rows}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["742,Vets"], "has the code '742'"),
        (["0742, "], "has the code '0742' with the text ' '"),
        (["0742"], "line 2 has 1 cells"),
        (["0100,Farms"], "the code 0100 lies in no range"),
    ],
)
def test_a_row_of_another_layout_is_named(tmp_path: Path, rows: list[str], message: str) -> None:
    write_lists(tmp_path, {"iso": rows})
    with pytest.raises(DataError, match=message):
        build(tmp_path, {})


def test_the_domain_names_every_range_that_is_used() -> None:
    project = Project(ROOT)
    source, task = project.source("iso18245"), project.domain("merchant_codes").classify
    assert isinstance(source, WheelSource)
    assert all(wanted(f"{FOLDER}/{file}", source.files) for file in NETWORKS.values())
    assert task is not None
    assert {"Airlines", "Lodging", "Agricultural services"} <= set(task.label_names)
    assert "Car rental" not in task.label_names
