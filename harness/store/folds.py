"""Cross-validation in the store: the runs of all folds of a domain become one run of the domain.

    runs, suites, scores, samples of peft/lora-tickets_fold1-0 ... tickets_fold5-0  -->  those of peft/lora-tickets-0

- Samples: of all folds together. A suite that asks every fold the same questions has each of them once per fold, with
  `@fold2` behind its id; they keep their cluster, so that intervals do not take them for different questions.
- The metric that a suite ranks by is computed from these samples, if it follows from samples at all. Other metrics are
  means over folds, weighted by their items.
- Seconds, money and counts are means over folds: what one training takes. Memory and sizes are the highest.
- What a search with vectors found is left out: each fold has other documents to search.
- A run fails if one fold fails. A suite without a value in one of the folds that it asks has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.config.folds import by_fold, pooled_run
from harness.config.project import Project, RunKey
from harness.measure.provenance import stable_hash
from harness.scoring.metric_registry import metric_specs
from harness.store.figures import MEANS, OFFICIAL
from harness.store.fold_runs import pooled_run_row
from harness.store.rows import Row
from harness.store.schema import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def pool_folds(connection: DuckDBPyConnection, project: Project, keys: Sequence[RunKey]) -> None:
    """Replace the runs of folds by the runs of their domains. All of `keys` are in the store, with all their folds."""
    rows: dict[RunKey, list[RunKey]] = {}
    order = list(project.bases_of_folds)
    for key in sorted(keys, key=lambda key: [order.index(name) for name in key.domains if name in order]):
        if row := pooled_run(project, key):
            rows.setdefault(row, []).append(key)
    for row, folds in rows.items():
        _Pool(connection, row, tuple(folds)).fill()


@dataclass(frozen=True)
class _Pool:
    """One run of a domain and the runs of its folds."""

    connection: DuckDBPyConnection
    row: RunKey
    folds: tuple[RunKey, ...]

    def fill(self) -> None:
        """Add the run of the domain, then remove those of the folds."""
        run = pooled_run_row(self._found("runs"), self.row, folds=self.folds)
        insert(self.connection, "runs", rows=[run])
        if run["status"] == "ok":
            suites = self._found("suites")
            for name in dict.fromkeys(suite["suite"] for suite in suites):
                self._add_suite(name, {suite["run_id"]: suite for suite in suites if suite["suite"] == name})
        for table in ("runs", "suites", "scores", "samples", "vectors", "vector_queries"):
            self.connection.execute(f"DELETE FROM {table} WHERE list_contains(?, run_id)", [self._ids])

    @property
    def _ids(self) -> list[str]:
        return [fold.id for fold in self.folds]

    def _found(self, table: str) -> list[Row]:
        query = f"SELECT * FROM {table} WHERE list_contains($ids, run_id) ORDER BY list_position($ids, run_id)"
        cursor = self.connection.execute(query, {"ids": self._ids})
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _add_suite(self, name: str, of_fold: Mapping[str, Row]) -> None:
        """`of_fold`: id of each run -> its row of `suites`. A suite that some folds were not asked yet is left out."""
        if of_fold.keys() != set(self._ids):
            return
        first = of_fold[self._ids[0]]
        asked = [run_id for run_id in self._ids if of_fold[run_id]["protocol_hash"]]
        hashes = [of_fold[run_id]["protocol_hash"] for run_id in self._ids]
        seconds = [of_fold[run_id]["seconds"] for run_id in asked]
        own = {"run_id": self.row.id, "suite": name, "domain": self.row.domains[0]}
        row = first | {
            **own,
            "protocol_hash": stable_hash(hashes) if asked else "",
            "seconds": None if None in seconds or not seconds else sum(seconds) / len(seconds),
            "truncated": sum(of_fold[run_id]["truncated"] or 0 for run_id in asked) if asked else None,
            "reason": by_fold({key.domains[0]: of_fold[key.id]["reason"] for key in self.folds}),
        }
        insert(self.connection, "suites", rows=[row])
        scores = [score for score in self._found("scores") if score["suite"] == name and score["run_id"] in asked]
        primary = [score for score in scores if score["metric"] == first["primary_metric"]]
        if len(primary) < len(asked) or any(score["value"] is None for score in primary):
            return
        self._add_samples(name, asked)
        values = _weighted(scores)
        spec = metric_specs().get(first["primary_metric"])
        if spec and spec.averaged_over and first["kind"] not in OFFICIAL and primary:
            found = self.connection.execute(MEANS[spec.averaged_over], list(own.values())).fetchone()
            values[first["primary_metric"]] = found or (None, 0)
        insert(
            self.connection,
            "scores",
            rows=[{**own, "metric": metric, "value": value, "n": n} for metric, (value, n) in values.items()],
        )

    def _add_samples(self, suite: str, asked: Sequence[str]) -> None:
        """Samples of the folds that were asked, under the ids of the run; with the fold's number if ids recur."""
        where = "FROM samples WHERE suite = $suite AND list_contains($asked, run_id)"
        given = {"suite": suite, "asked": list(asked)}
        counts = self.connection.execute(f"SELECT count(*) > count(DISTINCT item_id) {where}", given).fetchone()
        numbers = "item_id || '@fold' || list_position($ids, run_id)" if counts and counts[0] else "item_id"
        self.connection.execute(
            f"INSERT INTO samples SELECT * REPLACE ($row AS run_id, $domain AS domain, {numbers} AS item_id) {where}",
            given
            | {"row": self.row.id, "domain": self.row.domains[0]}
            | ({"ids": self._ids} if numbers != "item_id" else {}),
        )


def _weighted(scores: Sequence[Row]) -> dict[str, tuple[float | None, int]]:
    """Metric -> (mean over folds weighted by items, all items). Folds in which it is not defined do not count."""
    found: dict[str, tuple[float | None, int]] = {}
    for metric in dict.fromkeys(score["metric"] for score in scores):
        known = [(s["value"], s["n"]) for s in scores if s["metric"] == metric and s["value"] is not None and s["n"]]
        n = sum(count for _, count in known)
        found[metric] = (sum(value * count for value, count in known) / n if n else None, n)
    return found
