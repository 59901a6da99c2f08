"""A run that answers queries: its model, and the vectors of its domain's texts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from harness.config.project import RUNS, Project, RunKey
from harness.errors import ConfigError, DataError
from harness.items.prepared import PreparedDomain
from harness.measure.device import Device
from harness.measure.provenance import stable_hash
from harness.models.loaded import DESCRIBED, EMBEDDINGS, EmbeddingModel
from harness.models.mean_pooled import as_embedder
from harness.records.outcome import read_outcome
from harness.scoring.kept.model_hash import model_hash
from harness.search.corpus import Document, corpus_of
from harness.search.index import Hit, Index, kept_index
from harness.training.registry import get_method, loaded_kind
from harness.training.train import load_context

FOLDER = ".search"
"""Folder of the vectors, below runs/."""


@dataclass(frozen=True)
class Searcher:
    """The model of a run with the vectors of its domain's texts."""

    key: RunKey
    model: EmbeddingModel
    path: Path
    """File of the vectors."""
    index: Index
    embedding_seconds: float | None
    """What embedding all texts took; null if the vectors of an earlier search were used."""

    def search(self, query: str, *, k: int) -> list[Hit]:
        """The `k` nearest texts."""
        return self.index.nearest(self.model.embed([query])[0], k=k)


def require_query(query: str) -> None:
    """Refuse a query without words.

    Raises:
        ConfigError: it is empty, or holds only spaces.
    """
    if not query.strip():
        raise ConfigError("the query is empty", where="QUERY", expected='some words, such as "heart attack"')


def require_vectors(project: Project, key: RunKey) -> None:
    """Refuse a run that cannot search, before anything is loaded.

    Raises:
        DataError: the run was not trained here, it failed, or its model produces no embeddings.
    """
    folder = project.run_folder(key)
    if not folder.is_dir():
        command = f"harness train {key.recipe_id} --domain {key.domains[0]} --seed {key.seed}"
        raise DataError(f"there is no run {key.id} here", where=str(folder), hint=f"run `{command}`")
    outcome = read_outcome(folder)
    if outcome.status == "failed":
        raise DataError(f"the run {key.id} failed: {outcome.reason}", where=str(folder))
    kind = loaded_kind(get_method(project.recipe(key.recipe_id).run.method))
    abilities = kind.abilities if kind else frozenset({EMBEDDINGS})
    if EMBEDDINGS not in abilities:
        raise DataError(
            f"{key.recipe_id} has no vectors to search with: its model only "
            f"{' and '.join(DESCRIBED[ability] for ability in sorted(abilities))}",
            where=key.id,
            expected="a run whose model produces embeddings, such as contrastive/mnrl or baseline/encoder",
        )


def open_searcher(project: Project, key: RunKey, *, corpus: list[Document] | None = None, device: Device) -> Searcher:
    """Load the run's model and embed its domain's texts, unless an earlier search left their vectors.

    `corpus`: what `corpus_of` gives for the run's domain, for callers that have it. A language model's vectors are the
    means of its states.

    Raises:
        DataError: the domain is not prepared, or has fewer than two texts.
    """
    texts = corpus or corpus_of(PreparedDomain.open(project.prepared_folder(key.domains[0])))
    context = load_context(project, key, device=device)
    model = as_embedder(get_method(context.recipe.run.method).load(context))
    identity = stable_hash({"model": model_hash(context), "texts": [[one.id, one.text, one.label] for one in texts]})
    path = project.root / RUNS / FOLDER / f"{key.id}.parquet"
    started = time.perf_counter()
    made = kept_index(path, model, texts, identity=identity, batch_size=project.params.scoring.batch_size)
    seconds = time.perf_counter() - started if made else None
    return Searcher(key, model, path, Index(path), seconds)
