"""Vectors of a domain's texts on disk, and the nearest of them to a query, found by DuckDB.

    corpus --embed--> runs/.search/<run>.parquet --> table in memory --array_cosine_similarity--> hits

The search is exact: every vector is compared. DuckDB compares five thousand vectors in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.models.loaded import EmbeddingModel
from harness.runtime.atomic_output import atomic_file
from harness.search.corpus import Document

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

IDENTITY = b"identity"
"""Key of the file's metadata: a hash of the model and the texts. A file with another one is made again."""
BYTES = 4
"""Of one component: float32."""


@dataclass(frozen=True)
class Hit:
    """A document that a query found."""

    rank: int
    """1 is the nearest."""
    id: str
    text: str
    label: str
    similarity: float
    """Cosine of the angle between the vectors, -1 to 1."""


def kept_index(
    path: Path, model: EmbeddingModel, corpus: Sequence[Document], *, identity: str, batch_size: int
) -> bool:
    """Make the file of vectors unless it is there with this `identity`. True if it had to be made."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.is_file() and (pq.read_schema(path).metadata or {}).get(IDENTITY) == identity.encode():
        return False
    vectors = model.embed([document.text for document in corpus], batch_size=batch_size)
    columns = {name: [getattr(document, name) for document in corpus] for name in ("id", "text", "label")}
    flat = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
    table = pa.table({**columns, "vector": flat}).replace_schema_metadata({IDENTITY: identity.encode()})
    with atomic_file(path) as working:
        pq.write_table(table, working, compression="zstd")
    return True


class Index:
    """The vectors of a corpus in memory, ready to be searched."""

    def __init__(self, path: Path, *, dimensions: int | None = None) -> None:
        """`path`: what `kept_index` made. `dimensions`: use only the first so many components; null: all."""
        import duckdb

        self._connection = duckdb.connect()
        self._connection.execute("CREATE TABLE documents AS SELECT * FROM read_parquet(?)", [str(path)])
        self.documents, width = self._figures("SELECT count(*), any_value(len(vector)) FROM documents")
        self.dimensions = dimensions or width
        kind = f"FLOAT[{self.dimensions}]"
        self._connection.execute(
            f"ALTER TABLE documents ALTER vector TYPE {kind} USING vector[1:{self.dimensions}]::{kind}"
        )
        self._nearest = (
            f"SELECT id, text, label, array_cosine_similarity(vector, $query::{kind}) AS similarity FROM documents "
            "ORDER BY similarity DESC, id LIMIT $k"
        )

    @property
    def bytes(self) -> int:
        """Size of the vectors alone, as float32."""
        return self.size(self.documents, self.dimensions)

    @staticmethod
    def size(documents: int, dimensions: int) -> int:
        """Bytes of so many vectors as float32."""
        return documents * dimensions * BYTES

    def nearest(self, vector: npt.NDArray[np.float32], *, k: int) -> list[Hit]:
        """The `k` documents with the most similar vectors, the nearest first; of equal ones the smaller id first.

        `vector`: shape (dimensions of the model,).
        """
        query = {"query": vector[: self.dimensions].tolist(), "k": k}
        rows = self._connection.execute(self._nearest, query).fetchall()
        return [Hit(place, *row) for place, row in enumerate(rows, start=1)]

    def _figures(self, sql: str) -> tuple[int, int]:
        row = self._connection.execute(sql).fetchone()
        assert row is not None  # an aggregate always has one row
        return int(row[0]), int(row[1])
