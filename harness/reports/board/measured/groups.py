"""Step 1 of the board: collect from the store the runs that make one row.

One row = one recipe, trained on the same domains, asked about one domain, scored by one protocol; its seeds are pooled.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.config.params import DEFAULT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Record = dict[str, Any]
"""One row of a table of the store."""
Signature = tuple[tuple[str, str], ...]
"""(suite, protocol hash) of every suite in a column of the board: rows are ranked together only if these agree."""


@dataclass
class Group:
    """The runs of one row."""

    domain: str
    """The domain whose questions were asked."""
    recipe_id: str
    domains: tuple[str, ...]
    """The domains that the runs were trained on, in order."""
    signature: Signature = ()
    runs: list[Record] = field(default_factory=list)
    """Rows of the table `runs` that ended well, by seed."""
    failed: list[Record] = field(default_factory=list)
    """Rows of the table `runs` that failed."""
    suites: dict[str, list[Record]] = field(default_factory=dict)
    """Column of the board -> rows of the table `suites` with `metrics`, one per run; only of the default protocol."""
    asked: dict[str, list[Record]] = field(default_factory=dict)
    """Suite name -> the same rows, for every suite of both protocols, in the order of params.yaml."""

    @property
    def main_suite(self) -> str | None:
        """Name of the suite that ranks."""
        suites = self.suites.get("score")
        return suites[0]["suite"] if suites else None

    @property
    def base_model(self) -> str | None:
        """Name of the pretrained model; null for recipes without one."""
        base: str | None = (self.runs or self.failed)[0]["base_model"]
        return base

    @property
    def further_domains(self) -> frozenset[str]:
        """Other domains than the one asked about that a run of the row was trained on."""
        learnt = {name for run in self.runs for name in (*run["domains"], *run["notes"].get("learnt_domains", ()))}
        return frozenset(learnt - {self.domain})

    def belongs_to(self, recipe_id: str | None) -> bool:
        """Whether these are runs of the recipe that were trained on nothing but the domain asked about."""
        return self.recipe_id == recipe_id and self.domains == (self.domain,)


def read_groups(connection: DuckDBPyConnection, suite_order: Sequence[str]) -> list[Group]:
    """All groups, by domain, recipe and domains learnt; the domain with the most groups comes first.

    Where several suites share a column of the board, the column shows the first suite in `suite_order` that has
    questions for the domain.
    """
    suites = _suites(connection, suite_order)
    groups: dict[tuple[Any, ...], Group] = {}
    failed: list[Record] = []
    for run in records_of(connection, "SELECT * FROM runs ORDER BY family, recipe, seed, run_id"):
        run["notes"] = json.loads(run["notes"] or "{}")
        if run["status"] == "failed":
            failed.append(run)
        else:
            _add_run(groups, run, suites.get(run["run_id"], []))
    found = list(groups.values())
    for run in failed:
        _add_failed(found, run)
    sizes = Counter(group.domain for group in found)
    return sorted(found, key=lambda one: (-sizes[one.domain], one.domain, one.recipe_id, one.domains, one.signature))


def protocol_of(groups: Iterable[Group], reference: str | None) -> Signature:
    """The signature that ranks in a domain: the reference's, else the signature of most rows, else none."""
    counts: Counter[Signature] = Counter()
    for group in groups:
        if group.runs and group.belongs_to(reference):
            return group.signature
        counts[group.signature] += len(group.runs) > 0
    return max(counts, key=lambda signature: (counts[signature], signature), default=())


def protocols_of(groups: Iterable[Group], reference: str | None) -> dict[str, str]:
    """Suite -> the protocol hash that ranks: the reference's, else the hash of most runs."""
    counts: dict[str, Counter[tuple[bool, str]]] = {}
    for group in groups:
        for suite, records in group.asked.items():
            found = counts.setdefault(suite, Counter())
            found.update((group.belongs_to(reference), record["protocol_hash"]) for record in records)
    return {suite: max(found, key=lambda key: (key[0], found[key], key[1]))[1] for suite, found in counts.items()}


def agrees(signature: Signature, protocol: Signature) -> bool:
    """Whether every suite that both have was scored by the same protocol."""
    ranking = dict(protocol)
    return all(ranking.get(suite, hash_) == hash_ for suite, hash_ in signature)


def has_questions(suite: Record) -> bool:
    """Whether the domain has questions for the suite: then there is a protocol, even if the model cannot answer."""
    return bool(suite["protocol_hash"])


def records_of(connection: DuckDBPyConnection, sql: str) -> list[Record]:
    """The rows that a query gives: column -> value."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _suites(connection: DuckDBPyConnection, order: Sequence[str]) -> dict[str, list[Record]]:
    """Run id -> its suites, each with `metrics`: name -> (value, n)."""
    metrics: dict[tuple[str, str, str], dict[str, tuple[float | None, int]]] = {}
    for row in records_of(connection, "SELECT * FROM scores"):
        metrics.setdefault((row["run_id"], row["suite"], row["domain"]), {})[row["metric"]] = (row["value"], row["n"])
    place = {name: i for i, name in enumerate(order)}
    rows = records_of(connection, "SELECT * FROM suites ORDER BY suite")
    found: dict[str, list[Record]] = {}
    for row in sorted(rows, key=lambda row: place.get(row["suite"], len(place))):
        row["metrics"] = metrics.get((row["run_id"], row["suite"], row["domain"]), {})
        found.setdefault(row["run_id"], []).append(row)
    return found


def _add_run(groups: dict[tuple[Any, ...], Group], run: Record, suites: list[Record]) -> None:
    """A run that ended well joins one group for each domain that it was asked about."""
    recipe_id, domains = run["recipe"], tuple(run["domains"])
    for domain, asked in _by_domain(suites, run["domains"]).items():
        shown = _shown([suite for suite in asked if suite["protocol"] == DEFAULT])
        signature = tuple((suite["suite"], suite["protocol_hash"]) for suite in shown.values())
        key = (domain, recipe_id, domains, signature)
        group = groups.setdefault(key, Group(domain, recipe_id, domains, signature))
        group.runs.append(run)
        for column, suite in shown.items():
            group.suites.setdefault(column, []).append(suite)
        for suite in asked:
            group.asked.setdefault(suite["suite"], []).append(suite)


def _by_domain(suites: list[Record], domains: list[str]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {domain: [] for domain in domains}
    for suite in suites:
        found.setdefault(suite["domain"], []).append(suite)
    return found


def _shown(suites: list[Record]) -> dict[str, Record]:
    """Column of the board -> its suite: the first that has questions in this domain, else the first."""
    shown: dict[str, Record] = {}
    for suite in sorted(suites, key=lambda suite: not has_questions(suite)):
        shown.setdefault(suite["board_column"], suite)
    return shown


def _add_failed(groups: list[Group], run: Record) -> None:
    """A failed run joins the rows of its other seeds, or makes a row for each domain that it was trained on."""
    recipe_id, domains = run["recipe"], tuple(run["domains"])
    same = [group for group in groups if (group.recipe_id, group.domains) == (recipe_id, domains)]
    for domain in dict.fromkeys([*domains, *(group.domain for group in same)]):
        group = next((group for group in same if group.domain == domain), None)
        if group is None:
            group = Group(domain, recipe_id, domains)
            groups.append(group)
        group.failed.append(run)
