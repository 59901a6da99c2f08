from __future__ import annotations

import json

import pytest

from harness.config.params import Slice
from harness.config.project import Project, RunKey
from harness.errors import DataError
from harness.items.prepared import PreparedDomain
from harness.preparation.prepare import prepare
from tests.mini_tree import edit

FAMILY = "title: Continual learning\norder: 7\nruns_on: sequences\nrun: {}\n"


def with_slices(prepared: Project, **labels: str) -> Project:
    slices = ", ".join(f"{name}: {{of: hs_products, labels: [{listed}]}}" for name, listed in labels.items())
    edit(prepared.root / "params.yaml", "slices: {}", f"slices: {{{slices}}}")
    return Project(prepared.root)


def test_a_slice_holds_the_questions_of_its_labels_and_offers_all_labels(prepared: Project) -> None:
    project = with_slices(prepared, living="animals, plants", made="chemicals, textiles, metals, machinery")
    facts = [prepare(project, name) for name in ("living", "made")]
    whole = PreparedDomain.open(project.prepared_folder("hs_products"))
    parts = [PreparedDomain.open(project.prepared_folder(name)) for name in ("living", "made")]
    for split in ("train", "validation", "test"):
        rows = [part.questions("classify", split) for part in parts]
        assert {row.answer for row in rows[0]} == {"animals", "plants"}
        assert sorted(row.id for part in rows for row in part) == sorted(
            row.id for row in whole.questions("classify", split)
        )
        assert all(len(row.choices) == 6 for part in rows for row in part)
        assert [row for row in whole.questions("classify", split) if row in rows[0]] == rows[0]  # in the same order
        assert sum(fact["card"]["items"][split] for fact in facts) == whole.count("classify", split)
    assert parts[0].folder == project.root / "data/slices/living"
    assert set(parts[0].meta) == {"name", "labels", "language", "main_view", "views"}


def test_a_slice_by_clusters_holds_the_labels_of_those_clusters(prepared: Project) -> None:
    whole = PreparedDomain.open(prepared.prepared_folder("hs_products"))
    edit(prepared.root / "params.yaml", "slices: {}", 'slices: {part: {of: hs_products, clusters: ["10", "12"]}}')
    project = Project(prepared.root)
    prepare(project, "part")
    part = PreparedDomain.open(project.prepared_folder("part"))
    for split in ("train", "validation", "test"):
        rows = part.questions("classify", split)
        assert rows == [row for row in whole.questions("classify", split) if row.cluster.startswith(("10", "12"))]
        assert 0 < len(rows) < whole.count("classify", split)


def test_clusters_and_labels_narrow_a_slice_together() -> None:
    part = Slice(of="mail", labels=["spam"], clusters=["2002-07", "2002-08-0"])
    assert part.holds("spam", "2002-08-01 win")
    assert not part.holds("spam", "2002-08-11 win")
    assert not part.holds("ham", "2002-07-11 win")
    with pytest.raises(ValueError, match="give `labels`, `clusters` or both"):
        Slice(of="mail")


def test_a_cluster_that_the_domain_does_not_have_is_named(prepared: Project) -> None:
    edit(prepared.root / "params.yaml", "slices: {}", 'slices: {part: {of: hs_products, clusters: ["2002-07"]}}')
    with pytest.raises(DataError, match='no cluster of the domain "hs_products" begins with "2002-07"'):
        prepare(Project(prepared.root), "part")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [("animals, plant", 'no label "plant"'), ("beings", 'no label "beings"')],
)
def test_a_label_that_the_domain_does_not_have_is_named(prepared: Project, labels: str, expected: str) -> None:
    with pytest.raises(DataError, match=expected):
        prepare(with_slices(prepared, part=labels), "part")


def test_a_domain_without_labels_has_no_slices(prepared: Project) -> None:
    path = prepared.prepared_folder("hs_products") / "views.json"
    content = json.loads(path.read_text())
    del content["views"]["classify"]
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match="has no labels to choose a slice by"):
        prepare(with_slices(prepared, part="animals"), "part")


def test_a_label_without_held_out_items_makes_no_slice(prepared: Project) -> None:
    path = prepared.prepared_folder("hs_products") / "views.json"
    content = json.loads(path.read_text())
    content["labels"].append("dragons")
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match="no train item of hs_products has one of the slice's labels"):
        prepare(with_slices(prepared, part="dragons"), "part")


def test_runs_on_slices_are_scored_on_their_domain(prepared: Project) -> None:
    project = with_slices(prepared, living="animals, plants", made="metals")
    family = project.root / "recipes/stepwise"
    family.mkdir()
    (family / "_family.yaml").write_text(FAMILY)
    edit(project.root / "params.yaml", "sequences: {}", "sequences: {hs: [living, made]}")
    project = Project(project.root)
    assert project.scored_domains(RunKey("stepwise", "any", ("living",), 0)) == ("hs_products",)
