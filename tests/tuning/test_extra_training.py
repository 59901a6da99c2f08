"""Which changes make an extra training a different one, so that it is repeated."""

from __future__ import annotations

import json
import shutil

import pytest

from harness.config.project import Project
from harness.measure.device import Device
from harness.tuning.search import plan_search
from tests.mini_tree import edit

CPU = Device("cpu", "test", 1, "float32")


def config_hash(project: Project, recipe: str) -> str:
    fresh = Project(project.root)
    return plan_search(fresh, recipe, domain="hs_products", seed=0, items=10, device=CPU).jobs[0].config_hash


@pytest.mark.parametrize(("recipe", "repeated"), [("instruction/multi_domain", True), ("peft/lora", False)])
def test_changed_data_of_another_domain_repeat_a_trial_if_the_method_reads_it(
    prepared: Project, recipe: str, repeated: bool
) -> None:
    other = prepared.prepared_folder("icd10")
    shutil.copytree(prepared.prepared_folder("hs_products"), other)
    edit(prepared.root / "params.yaml", "prepared_domains: [hs_products]", "prepared_domains: [hs_products, icd10]")
    before = config_hash(prepared, recipe)
    meta = json.loads((other / "views.json").read_text())
    meta["views"]["instruction"]["sha256"] = "0" * 64
    (other / "views.json").write_text(json.dumps(meta))
    assert (config_hash(prepared, recipe) != before) == repeated
