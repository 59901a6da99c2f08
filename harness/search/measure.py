"""`harness vectors`: how well and how fast the vectors of a run find the texts of its domain, written as a record.

    test pairs --anchor--> query --nearest ten of all texts--> place of the pair's right text --> nDCG@10, recall

The corpus is the one that `harness search` searches: all texts of all splits. It is larger, and so the task harder,
than in the suite `embedding_retrieval`, which MTEB scores among the texts of its own queries.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.config.project import Project, RunKey
from harness.display.numbers import byte_size
from harness.items.prepared import PreparedDomain
from harness.items.rows import Pair
from harness.measure.device import Device, prepare_device
from harness.measure.device_used import device_used
from harness.measure.phase_cost import CostMeter
from harness.measure.provenance import provenance, stable_hash
from harness.records.outcome import read_outcome
from harness.records.run_record import write_record
from harness.records.vectors_record import (
    QUERIES_FILE,
    QUERY_COLUMNS,
    VECTORS,
    VECTORS_FILE,
    VectorSize,
    VectorsRecord,
)
from harness.runtime.atomic_output import atomic_folder
from harness.search.corpus import corpus_of
from harness.search.index import Index
from harness.search.searcher import Searcher, open_searcher, require_vectors
from harness.training.refusals.attempt import attempt

TOP = 10
"""Number of places that count."""
SHARES = (1.0, 0.5, 0.25, 0.125)
"""Of the components of a vector, with which all runs search; `contrastive/matryoshka` trains these to work alone."""
TIMED = 50
"""Queries that are timed, the first ones."""


@dataclass(frozen=True)
class Found:
    """The place of one query's right text, for one number of dimensions."""

    item_id: str
    cluster: str
    dimensions: int
    place: int | None
    """1 is the nearest; null if it is not among the ten nearest."""


def measure_vectors(project: Project, key: RunKey) -> VectorsRecord:
    """Search with every test pair of the run's domain, and write the record. A failed run, or a domain without test
    pairs, gets a record with the reason.

    Raises:
        DataError: the run was not trained here, its model produces no embeddings, or the domain is not prepared.
    """
    domain = PreparedDomain.open(project.prepared_folder(key.domains[0]))
    with atomic_folder(project.record_folder(key) / VECTORS) as folder:
        reason = _why_not(project, key, domain)
        if reason is None:
            record, found = _measured(project, key, domain)
        else:
            record, found = VectorsRecord(run_id=key.id, domain=domain.name, status="failed", reason=reason), []
        write_record(record, folder / VECTORS_FILE)
        write_queries(found, folder / QUERIES_FILE)
    return record


def _why_not(project: Project, key: RunKey, domain: PreparedDomain) -> str | None:
    folder = project.run_folder(key)
    if folder.is_dir() and read_outcome(folder).status == "failed":
        return read_outcome(folder).reason
    require_vectors(project, key)
    return None if domain.count("pairs", "test") else f"not applicable: the domain {domain.name} has no test pairs"


def _measured(project: Project, key: RunKey, domain: PreparedDomain) -> tuple[VectorsRecord, list[Found]]:
    pairs, corpus = domain.rows(Pair, "pairs", "test"), corpus_of(domain)
    device, meter = prepare_device(project.params.precision), CostMeter()
    opened, reason = attempt(lambda: _searched(project, key, pairs, device=device))
    if opened is None:
        return VectorsRecord(run_id=key.id, domain=domain.name, status="failed", reason=reason), []
    searcher, found, speed = opened
    used = device_used(device, gpu_used=device.kind == "cuda")
    seconds = searcher.embedding_seconds
    protocol = {"documents": [one.text for one in corpus], "queries": [[one.id, one.anchor] for one in pairs]}
    record = VectorsRecord(
        run_id=key.id,
        domain=domain.name,
        status="ok",
        protocol_hash=stable_hash(protocol),
        documents=len(corpus),
        queries=len(pairs),
        queries_per_second=round(speed, 3),
        documents_per_second=round(len(corpus) / seconds, 3) if seconds else None,
        sizes=sizes(found, documents=len(corpus)),
        cost=meter.cost(used),
        provenance=provenance(
            project.root, used, machine=device.name, config=protocol, domains=[domain], precision=used.dtype
        ),
    )
    return record, found


def _searched(
    project: Project, key: RunKey, pairs: Sequence[Pair], *, device: Device
) -> tuple[Searcher, list[Found], float]:
    """The searcher, the places of the right texts, and queries per second."""
    searcher = open_searcher(project, key, device=device)
    vectors = searcher.model.embed([pair.anchor for pair in pairs], batch_size=project.params.scoring.batch_size)
    found = []
    for share in SHARES:
        index = Index(searcher.path, dimensions=max(1, round(share * vectors.shape[1])))
        for pair, vector in zip(pairs, vectors, strict=True):
            nearest = index.nearest(vector, k=TOP)
            place = next((hit.rank for hit in nearest if hit.text == pair.positive), None)
            found.append(Found(pair.id, pair.cluster, index.dimensions, place))
    return searcher, found, _queries_per_second(searcher, [pair.anchor for pair in pairs[:TIMED]])


def _queries_per_second(searcher: Searcher, queries: Sequence[str]) -> float:
    searcher.search(queries[0], k=TOP)  # the first call prepares buffers
    started = time.perf_counter()
    for query in queries:
        searcher.search(query, k=TOP)
    return len(queries) / (time.perf_counter() - started)


def gain(place: int | None) -> float:
    """nDCG of one query with one right text: 1 / log2(1 + place), and 0 if it was not found."""
    return 0.0 if place is None else 1 / math.log2(1 + place)


def sizes(found: Sequence[Found], *, documents: int) -> list[VectorSize]:
    """The figures of each number of dimensions, the largest first."""
    result = []
    for dimensions in sorted({one.dimensions for one in found}, reverse=True):
        places = [one.place for one in found if one.dimensions == dimensions]
        result.append(
            VectorSize(
                dimensions=dimensions,
                index_bytes=Index.size(documents, dimensions),
                ndcg_at_10=round(sum(map(gain, places)) / len(places), 6),
                recall_at_1=round(sum(place == 1 for place in places) / len(places), 6),
                recall_at_10=round(sum(place is not None for place in places) / len(places), 6),
            )
        )
    return result


def write_queries(found: Sequence[Found], path: Path) -> None:
    """Write queries.parquet. The same places give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"VARCHAR": pa.string(), "BIGINT": pa.int64()}
    columns = {
        name: pa.array([getattr(one, name) for one in found], types[kind]) for name, kind in QUERY_COLUMNS.items()
    }
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False)


def summary(record: VectorsRecord) -> str:
    """One line for the log of `dvc repro`."""
    if record.status == "failed":
        return f"{record.run_id}: vectors not measured: {record.reason}"
    shown = ", ".join(f"{one.ndcg_at_10:.3f} with {one.dimensions}" for one in record.sizes)
    return (
        f"{record.run_id}: nDCG@10 {shown} dimensions ({record.queries} queries, {record.documents} documents), "
        f"{byte_size(record.sizes[0].index_bytes)}, {record.queries_per_second:.0f} queries a second"
    )
