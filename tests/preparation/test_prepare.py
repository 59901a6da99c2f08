import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.config.project import Project
from harness.domains.collected import CollectedDomain
from harness.domains.views.registry import VIEWS
from harness.errors import DataError
from harness.items.item import Item, Split
from harness.items.prepared import PreparedDomain
from harness.items.rows import Document, Instruction, Pair, Preference, Question, read_rows, write_rows
from harness.preparation.card import describe
from harness.preparation.prepare import OWN, check_labels, held_out_texts, prepare
from tests.tree import ROOT


def test_prepare_twice_gives_the_same_bytes(prepared: Project) -> None:
    folder = prepared.prepared_folder("hs_products")
    before = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    prepare(prepared, "hs_products")
    assert {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_numbers_of_the_card_match_the_data(prepared: Project) -> None:
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    facts = json.loads((domain.folder / "domain.json").read_text())
    card = facts["card"]
    assert card["items"]["test"] == len(domain.questions("classify", "test")) <= 48
    removed = facts["removed"]
    assert sum(card["items"].values()) + removed["near_duplicates"] + removed["set_aside"] == 240
    page = (domain.folder / "card.md").read_text()
    assert "invented for tests" in page
    assert f"| animals | {card['labels']['animals']['train']} |" in page


def test_the_card_reports_clusters_that_the_splits_of_a_source_cut() -> None:
    items = [Item(id=name, text=name, cluster=name[0]) for name in ("a1", "a2", "b1")]
    kept = describe(items, {"a1": "train", "a2": "train", "b1": "test"})
    cut = describe(items, {"a1": "train", "a2": "test", "b1": "validation"})
    assert (kept["straddling_clusters"], cut["straddling_clusters"]) == (0, 1)


def test_training_does_not_read_the_card(prepared: Project) -> None:
    folder = prepared.prepared_folder("hs_products")
    facts = json.loads((folder / "domain.json").read_text())
    read = json.loads((folder / "views.json").read_text())
    assert read == {key: facts[key] for key in ("name", "labels", "language", "main_view", "views")}
    stages = (ROOT / "dvc.yaml").read_text()
    assert "}/views.json" in stages
    assert "domain.json" not in stages  # a reworded card would train everything again


def test_every_view_reads_back_as_its_kind_of_row_with_the_counts_of_the_card(prepared: Project) -> None:
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    assert {VIEWS[name].row for name in domain.meta["views"]} == {Question, Instruction, Pair, Preference, Document}
    for name, facts in domain.meta["views"].items():
        for split, count in facts["rows"].items():
            rows = domain.rows(VIEWS[name].row, name, split)
            assert len(rows) == count
            assert {row.split for row in rows} <= {split}


def test_a_training_item_that_repeats_a_held_out_item_of_another_domain_is_removed(prepared: Project) -> None:
    own = CollectedDomain.open(prepared.items_folder("hs_products"))
    victim = next(item for item in own.items if item.id in trained_on(prepared))
    other = prepared.items_folder("other")
    other.mkdir()
    item = Item(id="1", text=victim.text.upper(), cluster="1")
    CollectedDomain("other", [item], {"1": "test"}, {"name": "other"}).write(other)
    assert "domain other" not in held_out_texts(prepared, own)  # nothing asks it
    path = prepared.root / "params.yaml"
    text = path.read_text().replace("prepared_domains: [hs_products]", "prepared_domains: [hs_products, other]")
    path.write_text(text)
    prepared = Project(prepared.root)
    assert victim.text.upper() in held_out_texts(prepared, own)["domain other"]
    assert victim.id in trained_on(prepared)
    facts = prepare(prepared, "hs_products")
    assert facts["removed"]["near_duplicates_of"]["domain other"] >= 1
    assert victim.id not in trained_on(prepared)


def trained_on(project: Project) -> set[str]:
    domain = PreparedDomain.open(project.prepared_folder("hs_products"))
    return {question.id for question in domain.questions("classify", "train")}


def test_a_training_item_that_repeats_an_item_of_a_suite_is_removed(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = CollectedDomain.open(prepared.items_folder("hs_products"))
    victim = next(item for item in own.items if item.id in trained_on(prepared))
    monkeypatch.setattr("harness.preparation.prepare.asked_texts", lambda *_: {"extra": [victim.text]})
    facts = prepare(prepared, "hs_products")
    assert facts["removed"]["near_duplicates_of"]["suite extra"] >= 1
    assert victim.id not in trained_on(prepared)
    assert "suite extra" in (prepared.prepared_folder("hs_products") / "card.md").read_text()


def test_a_suite_that_asks_in_the_wording_of_the_domain_is_compared_with_whole_texts(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = CollectedDomain.open(prepared.items_folder("hs_products"))
    task = "Say in one sentence to which section of the customs tariff the following product belongs: "
    victim = next(item for item in own.items if item.id in trained_on(prepared))
    replace(own, items=[replace(item, text=task + item.text) for item in own.items]).write(
        prepared.items_folder("hs_products")
    )
    monkeypatch.setattr("harness.preparation.prepare.asked_texts", lambda *_: {"extra": [task + victim.text]})
    prepare(prepared, "hs_products")
    left = trained_on(prepared)
    assert victim.id not in left
    assert len(left) > 100


def test_the_held_out_texts_of_the_domain_itself_come_first(prepared: Project) -> None:
    own = CollectedDomain.open(prepared.items_folder("hs_products"))
    texts = held_out_texts(prepared, own)
    assert next(iter(texts)) == OWN
    assert len(texts[OWN]) == sum(split != "train" for split in own.split.values())


def test_a_view_that_was_altered_is_refused(prepared: Project) -> None:
    folder = prepared.prepared_folder("hs_products")
    rows = read_rows(Question, folder / "views/classify.parquet")
    write_rows(Question, [*rows[1:], rows[0]], folder / "views/classify.parquet")
    with pytest.raises(DataError, match="sha256"):
        PreparedDomain.open(folder).questions("classify", "test")


def test_an_unknown_view_gets_a_suggestion(prepared: Project) -> None:
    domain = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    with pytest.raises(DataError, match='no view "clasify"') as raised:
        domain.questions("clasify", "test")
    assert 'did you mean "classify"?' in str(raised.value)


def test_preparing_a_domain_that_is_not_collected_names_the_verb_to_run(project: Project) -> None:
    with pytest.raises(DataError, match="not collected") as raised:
        prepare(project, "hs_products")
    assert "harness collect hs_products" in str(raised.value)
    assert not project.prepared_folder("hs_products").exists()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"], "same label"),
        ([], "no labels"),
        (["", "a"], "empty"),
        ([" b", "a"], "spaces around"),
        (["a", "b\nc"], "line break"),
        (["a", "b<|im_end|>"], "chat marker"),
    ],
)
def test_labels_that_a_model_cannot_write_unambiguously_are_refused(labels: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        check_labels(labels, where="here", classified=True)


def test_a_domain_that_does_not_classify_needs_no_labels() -> None:
    check_labels([], where="here", classified=False)


ITEMS = [Item("1", "t", "c", wrong_answers=("a", "b")), Item("2", "t", "c", label="x", given_split="test")]
QUESTIONS = [Question("1", "test", "c", "t", "p", (), "a", references=("b",))]
PAIRS = [Pair("1", "train", "c", "a", "p", ("n",))]


@pytest.mark.parametrize(("kind", "rows"), [(Item, ITEMS), (Question, QUESTIONS), (Pair, PAIRS), (Pair, [])])
def test_rows_are_read_as_written_even_an_empty_list(kind: Any, rows: list[Any], tmp_path: Path) -> None:
    write_rows(kind, rows, tmp_path / "rows.parquet")
    assert read_rows(kind, tmp_path / "rows.parquet") == rows


def test_the_example_on_a_card_shows_no_personal_data() -> None:
    text = "Write to jane.doe@example.com or call +44 20 7946 0958 | about <b>it</b>"
    items = [Item(str(n), text, str(n), label="a", answer=text, wrong_answers=(text,)) for n in range(3)]
    split: dict[str, Split] = {"0": "train", "1": "validation", "2": "test"}
    example = describe(items, split)["example"]
    assert {"text", "answer", "first of wrong_answers"} <= example.keys()
    assert not [shown for shown in example.values() if "jane.doe" in shown or "7946" in shown]
