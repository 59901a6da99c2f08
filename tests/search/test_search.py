"""Searching a domain's texts by the vectors of tiny models."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pytest

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.errors import ConfigError, DataError
from harness.items.prepared import PreparedDomain
from harness.items.rows import Pair, Question
from harness.measure.device import prepare_device
from harness.models.loaded import EmbeddingModel
from harness.search.corpus import Document, corpus_of
from harness.search.index import Index, kept_index
from harness.search.measure import Found, gain, measure_vectors, sizes
from harness.search.searcher import open_searcher
from harness.store.schema import create_tables
from harness.store.vectors import add_vectors
from harness.training.train import train
from harness.verbs.search import main

DOMAIN = "hs_products"


@pytest.fixture(scope="module")
def root(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the runs of an encoder before and after its training, and of a classifier without vectors."""
    root = tmp_path_factory.mktemp("search") / "project"
    shutil.copytree(prepared_template, root)
    project = Project(root)
    prepare_base(project, "encoder")
    for recipe in ("baseline/encoder", "contrastive/mnrl", "baseline/majority"):
        family, name = recipe.split("/")
        train(project, RunKey(family, name, (DOMAIN,), 0))
    return root


@pytest.fixture
def here(root: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(root)
    return Project(root)


class Letters(EmbeddingModel):
    """Counts a, b and c."""

    def embed(self, texts: Sequence[str], *, batch_size: int = 32) -> npt.NDArray[np.float32]:
        counts = np.array([[text.count(letter) for letter in "abc"] for text in texts], dtype=np.float32)
        unit: npt.NDArray[np.float32] = counts / np.linalg.norm(counts, axis=1, keepdims=True)
        return unit

    def cut(self, texts: Sequence[str]) -> int:
        return 0


LETTERS = [Document("1", "aaa", "x"), Document("2", "ab", "x"), Document("3", "ccb", "y"), Document("4", "aa", "x")]


def test_the_nearest_text_comes_first_and_equal_ones_by_id(tmp_path: Path) -> None:
    path = tmp_path / "vectors.parquet"
    assert kept_index(path, Letters(), LETTERS, identity="one", batch_size=2)
    index = Index(path)
    hits = index.nearest(Letters().embed(["aab"])[0], k=9)
    assert [(hit.rank, hit.id) for hit in hits] == [(1, "2"), (2, "1"), (3, "4"), (4, "3")]
    assert hits[0].similarity == pytest.approx(3 / np.sqrt(10), abs=1e-6)
    assert (index.documents, index.dimensions, index.bytes) == (4, 3, 48)


def test_fewer_dimensions_compare_the_first_components_only(tmp_path: Path) -> None:
    path = tmp_path / "vectors.parquet"
    kept_index(path, Letters(), LETTERS, identity="one", batch_size=2)
    index = Index(path, dimensions=2)
    hits = index.nearest(Letters().embed(["bcccccc"])[0], k=1)
    assert (index.bytes, hits[0].id) == (32, "3")
    assert hits[0].similarity == pytest.approx(1)


def test_vectors_are_made_again_only_for_another_model_or_other_texts(tmp_path: Path) -> None:
    path = tmp_path / "vectors.parquet"
    made = [kept_index(path, Letters(), LETTERS, identity=name, batch_size=2) for name in ("one", "one", "two")]
    assert made == [True, False, True]


def test_the_corpus_holds_what_the_pairs_should_find_and_no_search_text(here: Project) -> None:
    domain = PreparedDomain.open(here.prepared_folder(DOMAIN))
    texts = [document.text for document in corpus_of(domain)]
    pairs = [row for split in ("train", "validation", "test") for row in domain.rows(Pair, "pairs", split)]
    assert {pair.positive for pair in pairs} <= set(texts)
    assert not {pair.anchor for pair in pairs} & set(texts) - {pair.positive for pair in pairs}
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(("texts", "found"), [([], "no text"), (["a permit"], "one text")])
def test_a_corpus_of_one_document_is_refused(texts: list[str], found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        Question(id=text, split="train", cluster="c", text=text, prompt="", choices=(), answer="x") for text in texts
    ]
    domain = PreparedDomain("tiny", Path("tiny"), {"main_view": "classify", "views": {"classify": {}}})
    monkeypatch.setattr(PreparedDomain, "rows", lambda self, kind, view, split: rows if split == "train" else [])
    with pytest.raises(DataError, match=f"needs two texts to choose from; tiny has {found}"):
        corpus_of(domain)


def test_before_and_after_stand_side_by_side(here: Project, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["contrastive/mnrl", "--domain", DOMAIN, "live horses", "--compare", "baseline/encoder", "--k", "3"]
    main([*asked, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["query"], found["domain"]) == ("live horses", DOMAIN)
    assert [run["run"] for run in found["runs"]] == [f"contrastive/mnrl-{DOMAIN}-0", f"baseline/encoder-{DOMAIN}-0"]
    for run in found["runs"]:
        assert run["index_bytes"] == found["documents"] * run["dimensions"] * 4
        similarities = [hit["similarity"] for hit in run["hits"]]
        assert len(similarities) == 3
        assert similarities == sorted(similarities, reverse=True)
    main(asked)
    printed = capsys.readouterr().out
    assert printed.index("contrastive/mnrl") < printed.index("baseline/encoder")
    assert found["runs"][1]["hits"][2]["id"] in printed


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["contrastive/mnrl", " "], ConfigError, "the query is empty"),
        (["contrastive/mnrl", "horse", "--k", "0"], ConfigError, "no text is asked for"),
        (["contrastive/mnlr", "horse"], ConfigError, 'unknown recipe "contrastive/mnlr"'),
        (["contrastive/gist", "horse"], DataError, "there is no run contrastive/gist-hs_products-0 here"),
        (["baseline/majority", "horse"], DataError, "no vectors to search with: its model only predicts labels"),
        (["baseline/encoder", "horse", "--compare", "baseline/majority"], DataError, "no vectors to search with"),
    ],
)
def test_a_wrong_question_is_refused_before_a_model_is_loaded(
    arguments: list[str], error: type[Exception], message: str, here: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.verbs.search.open_searcher", None)
    with pytest.raises(error, match=message):
        main([*arguments, "--domain", DOMAIN])


def test_a_query_counts_by_the_place_of_its_text() -> None:
    assert [gain(place) for place in (1, 3, None)] == [1, 0.5, 0]
    found = [Found("a", "x", 4, 1), Found("b", "y", 4, None), Found("a", "x", 2, 3), Found("b", "y", 2, None)]
    whole, half = sizes(found, documents=10)
    assert (whole.dimensions, whole.ndcg_at_10, whole.recall_at_1, whole.index_bytes) == (4, 0.5, 0.5, 160)
    assert (half.dimensions, half.ndcg_at_10, half.recall_at_1, half.recall_at_10) == (2, 0.25, 0, 0.5)


def test_the_record_agrees_with_a_search_by_hand_and_the_store_takes_it(here: Project) -> None:
    key = RunKey("contrastive", "mnrl", (DOMAIN,), 0)
    record = measure_vectors(here, key)
    domain = PreparedDomain.open(here.prepared_folder(DOMAIN))
    pairs, texts = domain.rows(Pair, "pairs", "test"), [document.text for document in corpus_of(domain)]
    device = prepare_device("float32")
    searcher = open_searcher(here, key, device=device)
    near = searcher.model.embed([pair.anchor for pair in pairs]) @ searcher.model.embed(texts).T
    places = [1 + int((row > row[texts.index(pair.positive)]).sum()) for row, pair in zip(near, pairs, strict=True)]
    by_hand = sum(1 / np.log2(1 + place) for place in places if place <= 10) / len(places)
    assert record.sizes[0].ndcg_at_10 == pytest.approx(by_hand, abs=0.02)  # equal vectors may share a place
    assert (record.documents, record.queries) == (len(texts), len(pairs))
    widths = [size.dimensions for size in record.sizes]
    assert widths == [round(searcher.index.dimensions * share) for share in (1, 0.5, 0.25, 0.125)]

    with duckdb.connect() as connection:
        create_tables(connection)
        add_vectors(connection, here, key)
        stored = connection.execute("SELECT dimensions, ndcg_at_10 FROM vectors ORDER BY 1 DESC").fetchall()
        assert stored == [(size.dimensions, size.ndcg_at_10) for size in record.sizes]
        assert connection.execute("SELECT count(*) FROM vector_queries").fetchall() == [(4 * len(pairs),)]

    file = here.record_folder(key) / "vectors/vectors.json"
    file.write_text(file.read_text().replace(f'"ndcg_at_10": {record.sizes[0].ndcg_at_10}', '"ndcg_at_10": 0.999', 1))
    with duckdb.connect() as connection:
        create_tables(connection)
        with pytest.raises(DataError, match=r"another nDCG@10 than these queries: \d+"):
            add_vectors(connection, here, key)


def test_a_run_without_vectors_is_not_measured(here: Project) -> None:
    with pytest.raises(DataError, match="no vectors to search with"):
        measure_vectors(here, RunKey("baseline", "majority", (DOMAIN,), 0))
