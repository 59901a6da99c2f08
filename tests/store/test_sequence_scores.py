from __future__ import annotations

from pathlib import Path

import pytest

from harness.store.query import ask
from tests.store.sequence_project import R_MATRIX, sequence_project


def test_the_r_matrix_of_a_sequence_is_one_query(tmp_path: Path) -> None:
    root = sequence_project(tmp_path).root
    columns = "family, recipe, seed, step, domains, domain, metric, n, value"
    sql = f"SELECT {columns} FROM sequence_scores WHERE suite = 'classification' ORDER BY step, domain"
    rows = ask(root, sql).rows
    planted = [(list(key.domains), domain, value) for key, row in R_MATRIX.items() for domain, value in row.items()]
    assert [(*row[:4], row[6]) for row in rows] == [("peft", "peft/lora", 0, len(d), "accuracy") for d, _, _ in planted]
    assert [(row[4], row[5]) for row in rows] == [(learnt, asked) for learnt, asked, _ in planted]
    assert [row[8] for row in rows] == pytest.approx([value for _, _, value in planted], abs=0.12)


def test_recipes_that_never_learnt_several_domains_are_not_in_the_view(tmp_path: Path) -> None:
    root = sequence_project(tmp_path).root
    assert ask(root, "SELECT DISTINCT family, recipe FROM sequence_scores").rows == [("peft", "peft/lora")]


def test_the_view_pivots_to_a_matrix(tmp_path: Path) -> None:
    root = sequence_project(tmp_path).root
    sql = "PIVOT (FROM sequence_scores WHERE suite = 'classification') ON domain USING avg(value) GROUP BY step"
    answer = ask(root, sql)
    assert answer.columns == ["step", "hs_products", "icd10"]
    assert sorted(row[0] for row in answer.rows) == [1, 2]
