"""Read the store and put together the runs that make one row: one recipe on one domain by one protocol."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Record = dict[str, Any]
Signature = tuple[tuple[str, str], ...]
"""(suite, protocol hash) of every suite on the board: what must agree before rows are ranked together."""


@dataclass
class Group:
    """The runs of one row."""

    domain: str
    recipe_id: str
    signature: Signature = ()
    runs: list[Record] = field(default_factory=list)
    """Rows of the table `runs` that ended well, by seed."""
    failed: list[Record] = field(default_factory=list)
    suites: dict[str, list[Record]] = field(default_factory=dict)
    """Column of the board -> rows of the table `suites` with `metrics`, one per run."""
    asked: dict[str, list[Record]] = field(default_factory=dict)
    """The same for every suite by name, in the order asked for."""

    @property
    def further_domains(self) -> frozenset[str]:
        """Those that a run of the row learnt beside this one."""
        learnt = {name for run in self.runs for name in (*run["domains"], *run["notes"].get("learnt_domains", ()))}
        return frozenset(learnt - {self.domain})


def read_groups(connection: DuckDBPyConnection, suite_order: Sequence[str]) -> list[Group]:
    """All groups, by domain and recipe.

    Where several suites share a column of the board, the first in order shows that the domain has questions for.
    """
    suites = _suites(connection, suite_order)
    groups: dict[tuple[str, str, Signature], Group] = {}
    failed: list[Record] = []
    for run in _records(connection, "SELECT * FROM runs ORDER BY family, recipe, seed, run_id"):
        run["notes"] = json.loads(run["notes"] or "{}")
        if run["status"] == "failed":
            failed.append(run)
            continue
        for domain, asked in _by_domain(suites.get(run["run_id"], []), run["domains"]).items():
            shown = _shown(asked)
            signature = tuple((suite["suite"], suite["protocol_hash"]) for suite in shown.values())
            name = f"{run['family']}/{run['recipe']}"
            group = groups.setdefault((domain, name, signature), Group(domain, name, signature))
            group.runs.append(run)
            for column, suite in shown.items():
                group.suites.setdefault(column, []).append(suite)
            for suite in asked:
                group.asked.setdefault(suite["suite"], []).append(suite)
    found = list(groups.values())
    for run in failed:
        _add_failed(found, run)
    return sorted(found, key=lambda group: (group.domain, group.recipe_id, group.signature))


def protocol_of(groups: Iterable[Group], reference: str) -> Signature:
    """The signature that ranks in a domain: the reference's, else that of most rows, else none."""
    counts: Counter[Signature] = Counter()
    for group in groups:
        if group.runs and group.recipe_id == reference:
            return group.signature
        counts[group.signature] += len(group.runs) > 0
    return max(counts, key=lambda signature: (counts[signature], signature), default=())


def protocols_of(groups: Iterable[Group], reference: str) -> dict[str, str]:
    """Suite -> the protocol hash that ranks: the reference's, else that of most runs."""
    counts: dict[str, Counter[tuple[bool, str]]] = {}
    for group in groups:
        for suite, records in group.asked.items():
            found = counts.setdefault(suite, Counter())
            found.update((group.recipe_id == reference, record["protocol_hash"]) for record in records)
    return {suite: max(found, key=lambda key: (key[0], found[key], key[1]))[1] for suite, found in counts.items()}


def agrees(signature: Signature, protocol: Signature) -> bool:
    """Whether every suite that both have was scored by the same protocol."""
    ranking = dict(protocol)
    return all(ranking.get(suite, hash_) == hash_ for suite, hash_ in signature)


def _suites(connection: DuckDBPyConnection, order: Sequence[str]) -> dict[str, list[Record]]:
    """Run id -> its suites, each with `metrics`: name -> (value, n)."""
    metrics: dict[tuple[str, str, str], dict[str, tuple[float | None, int]]] = {}
    for row in _records(connection, "SELECT * FROM scores"):
        metrics.setdefault((row["run_id"], row["suite"], row["domain"]), {})[row["metric"]] = (row["value"], row["n"])
    place = {name: i for i, name in enumerate(order)}
    rows = _records(connection, "SELECT * FROM suites ORDER BY suite")
    found: dict[str, list[Record]] = {}
    for row in sorted(rows, key=lambda row: place.get(row["suite"], len(place))):
        row["metrics"] = metrics.get((row["run_id"], row["suite"], row["domain"]), {})
        found.setdefault(row["run_id"], []).append(row)
    return found


def _by_domain(suites: list[Record], domains: list[str]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {domain: [] for domain in domains}
    for suite in suites:
        found.setdefault(suite["domain"], []).append(suite)
    return found


def _shown(suites: list[Record]) -> dict[str, Record]:
    """Column of the board -> the suite that shows there; one without questions in this domain only if all are."""
    shown: dict[str, Record] = {}
    for suite in sorted(suites, key=lambda suite: not has_questions(suite)):
        shown.setdefault(suite["board_column"], suite)
    return shown


def has_questions(suite: Record) -> bool:
    """Whether the domain has any for the suite: only then is there a protocol, also where the model cannot be asked."""
    return bool(suite["protocol_hash"])


def _add_failed(groups: list[Group], run: Record) -> None:
    """A failed seed joins the row of its recipe, or makes one."""
    name = f"{run['family']}/{run['recipe']}"
    for domain in run["domains"]:
        group = next((g for g in groups if (g.domain, g.recipe_id) == (domain, name)), None)
        if group is None:
            group = Group(domain, name)
            groups.append(group)
        group.failed.append(run)


def _records(connection: DuckDBPyConnection, sql: str) -> list[Record]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
