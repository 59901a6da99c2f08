"""`harness samples RUN --suite S`: the answers of a run, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.config.project import Project
from harness.errors import DataError
from harness.reports.board.measured.groups import read_groups
from harness.reports.compare.answers import answered
from harness.reports.compare.item_texts import item_texts
from harness.reports.compare.selection import Selection, in_domain, selections_of
from harness.store.parquet_views import open_store


@dataclass(frozen=True)
class Browsed:
    """Some items of a suite."""

    items: list[dict[str, Any]]
    """item, cluster, text and prompt (null: not prepared here), gold, answer, correct (the item's part of the metric),
    right (share of seeds whose answer is right; null: cannot be told)."""
    total: int
    """Number of items, including those beyond `limit`."""
    metric: str
    """The suite's metric, of which `correct` is the item's part."""
    notes: list[str]


def browse(
    project: Project, name: str, *, suite: str | None, limit: int, domain: str | None = None, wrong: bool = False
) -> Browsed:
    """The first `limit` items by id; with `wrong` those whose answer is wrong (graded answers: below one half).

    Raises:
        DataError: no store; an unknown run, domain or suite, or no suite named; a run that failed; a suite without
            answers of this run.
    """
    connection = open_store(project.root)
    try:
        side = _one(in_domain(selections_of(read_groups(connection, project.params.all_suites), name), domain), name)
        if suite is None:
            raise DataError("name a suite", where="--suite", expected=f"one of {', '.join(side.suites)}")
        records = side.records(suite)
        runs = [record["run_id"] for record in records]
        texts = item_texts(project, suite, domain=side.domain)
        items = answered(connection, runs=runs, suite=suite, domain=side.domain, texts=texts)
    finally:
        connection.close()
    if not items:
        raise DataError(f'{name} has no answers to the suite "{suite}": {records[0]["reason"] or "none were recorded"}')
    chosen = [one for one in items if one.wrong or not wrong]
    rows = [
        {
            "item": one.item,
            "cluster": one.cluster,
            "text": texts.text(one.item),
            "prompt": texts.prompt(one.item),
            "gold": one.gold,
            "answer": one.answer,
            "correct": round(one.correct, 6),
            "right": None if one.right is None else round(one.right, 6),
        }
        for one in chosen[:limit]
    ]
    pooled = [f"mean of {len(runs)} seeds; the most frequent answer is shown"] if len(runs) > 1 else []
    return Browsed(
        items=rows,
        total=len(chosen),
        metric=records[0]["primary_metric"],
        notes=pooled + ([texts.reason] if texts.reason else []),
    )


def _one(sides: Sequence[Selection], name: str) -> Selection:
    if len(sides) == 1:
        return sides[0]
    domains = sorted({side.domain for side in sides})
    learnt = sorted({"+".join(side.domains) for side in sides})
    if len(domains) > 1:
        raise DataError(f"{name} was scored on several domains: {', '.join(domains)}", hint=f"--domain {domains[0]}")
    if len(learnt) > 1:
        what, example = f"runs trained on different domains: {', '.join(learnt)}", f"{name}-{learnt[0]}"
    else:
        what, example = "seeds that were scored by different protocols", "peft/lora-hs_products-0"
    raise DataError(f"{name} stands for {what}", hint=f"name one of them, such as {example}")
