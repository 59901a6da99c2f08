from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harness.config.project import Project
from harness.errors import DataError
from harness.store.ingest import ingest
from harness.store.query import ask
from tests.mini_tree import edit
from tests.store.curves_factory import SETFIT, curve_project


@pytest.fixture
def recorded(tmp_path: Path) -> Project:
    return curve_project(tmp_path, failed={"setfit 4-2": "diverged: invented"})


def test_every_point_of_an_active_curve_is_in_the_store(recorded: Project) -> None:
    columns = "k, draw, suite, metric, protocol_hash, n, seconds, status, reason"
    sql = f"SELECT {columns} FROM curve_points WHERE recipe = 'lowresource/setfit' ORDER BY k, draw"
    found = ask(recorded.root, sql).rows
    scored = ("classification", "accuracy", "p1", 60, 2.0, "ok", None)
    assert found[:3] == [
        (4, 0, *scored),
        (4, 1, *scored),
        (4, 2, "classification", "accuracy", "p1", None, 1.0, "failed", "diverged: invented"),
    ]
    assert ask(recorded.root, "SELECT count(*) FROM curve_points").rows == [(12,)]


def test_the_value_of_a_point_is_the_mean_of_its_items(recorded: Project) -> None:
    query = """
        SELECT count(*), max(abs(value - found)) < 1e-9 FROM curve_points
        JOIN (SELECT recipe, domain, k, draw, avg(correct) AS found FROM curve_samples GROUP BY ALL)
        USING (recipe, domain, k, draw)"""
    assert ask(recorded.root, query).rows == [(11, True)]  # the failed point has no item


def test_curves_of_recipes_that_are_not_active_are_left_out(recorded: Project) -> None:
    edit(recorded.root / "params.yaml", "lowresource: [tfidf, setfit]", "lowresource: [tfidf]")
    ingest(Project(recorded.root))
    assert ask(recorded.root, "SELECT DISTINCT recipe FROM curve_points").rows == [("lowresource/tfidf",)]


def test_the_same_curves_give_the_same_bytes(recorded: Project) -> None:
    paths = [recorded.root / f"reports/parquet/{name}.parquet" for name in ("curve_points", "curve_samples")]
    first = [path.read_bytes() for path in paths]
    ingest(recorded)
    assert [path.read_bytes() for path in paths] == first


def test_a_curve_that_is_not_drawn_yet_is_listed(recorded: Project) -> None:
    shutil.rmtree(SETFIT.folder(recorded))
    assert ingest(recorded).unscored == ("learning curve lowresource/setfit-hs_products",)
    assert ask(recorded.root, "SELECT DISTINCT recipe FROM curve_points").rows == [("lowresource/tfidf",)]


@pytest.mark.parametrize("name", ["points.json", "points.parquet"])
def test_a_missing_file_is_named_with_the_stage_that_makes_it(recorded: Project, name: str) -> None:
    (SETFIT.folder(recorded) / name).unlink()
    with pytest.raises(DataError, match=f'the learning curve "lowresource/setfit-hs_products" has no {name}') as raised:
        ingest(recorded)
    assert "dvc repro -f -s curve_lowresource@setfit-hs_products" in (raised.value.hint or "")


def twice(path: Path) -> None:
    table = pq.read_table(path / "points.parquet")
    pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), path / "points.parquet")


def fewer(path: Path) -> None:
    pq.write_table(pq.read_table(path / "points.parquet").slice(1), path / "points.parquet")


def other(path: Path) -> None:
    content = json.loads((path / "points.json").read_text())
    (path / "points.json").write_text(json.dumps({**content, "domain": "icd10"}))


def unreadable(path: Path) -> None:
    (path / "points.parquet").write_bytes(b"PAR1 not")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (twice, "an item appears twice: 4, 0, q000"),
        (fewer, "a point has a different number of items than points.json says: 4, 0"),
        (other, "the record belongs to lowresource/setfit on icd10"),
        (unreadable, "cannot be read"),
    ],
)
def test_a_curve_that_contradicts_itself_is_refused(
    recorded: Project, change: Callable[[Path], None], expected: str
) -> None:
    change(SETFIT.folder(recorded))
    with pytest.raises(DataError, match=expected):
        ingest(recorded)
