"""Which runs `harness repro` means where families have domains of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.project import Project
from harness.running.tasks.targets import Selection, select
from tests.mini_tree import add_domain, add_family, edit, set_everywhere, write_mini_tree


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """`peft` runs on `goods` only, `baseline` also on `services`, `multimodal` on table rows."""
    root = write_mini_tree(tmp_path)
    for name in ("services", "rows"):
        add_domain(root, name)
    edit(root / "data/domains/rows.yaml", "builder: table", "media: table\nbuilder: table")
    add_family(root, "multimodal", "title: Multi-modal\norder: 2\nrun: {}\n", trees="boosting")
    edit(root / "recipes/multimodal/trees.yaml", "run:", "media: [table]\nrun:")
    own = "domains_of: {peft: [goods], multimodal: [rows]}"
    set_everywhere(root, "domains: [goods]", f"domains: [goods, services]\n{own}")
    return Project(root)


def chosen(project: Project, *targets: str, domain: str) -> Selection:
    return select(project, targets, domains=[domain], seeds=[], known=[])


def test_a_domain_without_recipes_means_the_families_that_run_on_it(project: Project) -> None:
    services = chosen(project, domain="services")
    assert services.stages == ("baseline@majority-services-0", "score_baseline@majority-services-0")
    rows = chosen(project, domain="rows")
    assert rows.stages == ("multimodal@trees-rows-0", "score_multimodal@trees-rows-0")
    assert services.own == rows.own == ()


def test_a_domain_for_a_few_recipes_means_those(project: Project) -> None:
    add_domain(project.root, "parts")
    own = "domains: [goods, services]\nrecipes_on: {parts: [peft/lora]}"
    set_everywhere(project.root, "domains: [goods, services]", own)
    found = chosen(Project(project.root), domain="parts")
    assert found.stages is not None
    assert found.stages[0] == "peft-parts@lora-parts-0"
    assert {name.split("@")[0] for name in found.stages} == {"peft-parts", "score_peft-parts"}
    assert found.own == ()


def test_a_recipe_that_is_named_runs_on_any_domain_as_a_run_of_ones_own(project: Project) -> None:
    found = chosen(project, "peft/prompt", domain="services")
    assert found.stages == ()
    assert [run.id for run in found.own] == ["peft/prompt-services-0", "peft/prompt-services-1"]
