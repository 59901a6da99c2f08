"""Which stages `harness repro` runs for a row of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.config.project import Project, RunKey
from harness.running.tasks.own_rows import stages_for
from harness.running.tasks.rounds import Pipeline
from tests.tree import copy_tree


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_tree(tmp_path_factory.mktemp("tree"), profile="cpu")


class Every(Mapping[str, Any]):
    """Stages by name, as if there were one of every name."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> Any:
        raise KeyError(name)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


PIPELINE = cast(Pipeline, SimpleNamespace(by_name=Every()))


@pytest.mark.parametrize(
    ("recipe", "domains", "stages"),
    [
        ("baseline/tfidf", "hs_products", ["prepare@hs_products"]),
        ("peft/lora", "icd10", ["prepare@icd10", "base@causal_lm"]),
        ("contrastive/knn", "icd10", ["prepare@icd10", "base@encoder"]),
        ("preference/dpo", "icd10", ["prepare@icd10", "preferences@icd10", "base@causal_lm"]),
        ("continual/naive", "hs_1_to_5", ["prepare@hs_products", "slice@hs_1_to_5", "base@causal_lm"]),
    ],
)
def test_a_row_waits_only_for_what_it_reads(project: Project, recipe: str, domains: str, stages: list[str]) -> None:
    family, name = recipe.split("/")
    run = RunKey(family, name, (domains,), 0)
    assert stages_for(project, [run], PIPELINE) == ["fingerprint", "questions", *stages]


def test_a_row_that_reads_all_domains_waits_for_all(project: Project) -> None:
    found = stages_for(project, [RunKey("instruction", "multi_domain", ("hs_products",), 0)], PIPELINE)
    assert {f"prepare@{name}" for name in project.params.prepared_domains} <= set(found)


def test_nothing_to_run_needs_nothing(project: Project) -> None:
    assert stages_for(project, [], PIPELINE) == []
