from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from harness.config.curve_key import CurveKey, active_curves
from harness.config.project import Project
from harness.pipeline.generated_section import write_section
from tests.curves.curve_tree import CURVES
from tests.mini_tree import RECIPE, add_domain, add_family, edit, only, set_everywhere, told, write_mini_tree
from tests.tree import ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The smallest tree with a family whose two recipes get curves."""
    root = write_mini_tree(tmp_path)
    family = "title: Low-resource\norder: 2\nlearning_curves: true\nrun: {}\n"
    add_family(root, "few_items", family, few="lora", fewer="lora")
    for name in ("few", "fewer"):
        (root / f"recipes/few_items/{name}.yaml").write_text(RECIPE.format(method="lora") + "  subset: {}\n")
    set_everywhere(root, "budget:", f"{CURVES}\nbudget:")
    write_section(Project(root))
    assert told(root) == []
    return root


def test_every_recipe_of_the_family_has_a_curve_on_every_domain(tree: Path) -> None:
    keys = list(active_curves(Project(tree)))
    assert keys == [CurveKey("few_items", name, "goods") for name in ("few", "fewer")]
    assert keys[0].id == "few_items/few-goods"
    assert keys[0].stage == "curve_few_items@few-goods"
    assert keys[0].folder(Project(tree)) == tree / "reports/records/curves/few_items/few-goods"


def test_curves_may_be_measured_on_the_first_domain_alone(tree: Path) -> None:
    add_domain(tree, "services")
    set_everywhere(tree, "\ndomains: [goods]", "\ndomains: [goods, services]")
    assert {key.domain for key in active_curves(Project(tree))} == {"goods", "services"}
    set_everywhere(tree, "curves: {", "curves: {domains: first, ")
    assert {key.domain for key in active_curves(Project(tree))} == {"goods"}
    write_section(Project(tree))
    assert told(tree) == []
    curves = YAML(typ="safe").load((tree / "dvc.yaml").read_text())["stages"]["curve_few_items"]
    assert curves["matrix"]["domain"] == ["goods"]


@pytest.mark.parametrize(
    ("curves", "expected"),
    [
        ("", "the recipes of few_items get learning curves, and `curves` is missing"),
        ("curves: {k: [8, 4], subsets: 2, items: 12}", "the numbers of items do not ascend"),
        ("curves: {k: [4, 4], subsets: 2, items: 12}", "the numbers of items do not ascend"),
        ("curves: {k: [], subsets: 2, items: 12}", '"curves.k" is'),
        ("curves: {k: [0, 8], subsets: 2, items: 12}", '"curves.k.0" is 0'),
        ("curves: {k: [4, 8], subsets: 0, items: 12}", '"curves.subsets" is 0'),
        ("curves: {k: [4, 8], subsets: 2}", '"curves.items" is missing'),
    ],
)
def test_wrong_settings_of_curves_are_told_with_their_line(tree: Path, curves: str, expected: str) -> None:
    edit(tree / "params.yaml", CURVES, curves)
    problem = only(tree)
    assert problem.startswith("params.yaml:")
    assert expected in problem


def test_without_recipes_that_get_curves_no_settings_are_needed(tree: Path) -> None:
    edit(tree / "params.yaml", f"{CURVES}\n", "")
    edit(tree / "params.yaml", "few_items: [few, fewer]", "few_items: []")
    assert told(tree) == []


def test_dvc_yaml_has_a_stage_group_for_the_curves_of_each_such_family_and_no_other(tree: Path) -> None:
    text = (tree / "dvc.yaml").read_text()
    assert text.count("\n  curve_") == 1
    group = text[text.index("\n  curve_few_items:") :]
    assert 'matrix: {recipe: "${recipes.few_items}", domain: "${domains}"}' in group
    assert "cmd: python -m harness curve few_items/${item.recipe} --domain ${item.domain}" in group
    assert "- data/bases/causal_lm" in group


def test_a_recipe_that_starts_from_a_run_cannot_have_a_curve(tree: Path) -> None:
    edit(tree / "recipes/few_items/few.yaml", "method: lora", "method: lora\n  init: peft/lora")
    write_section(Project(tree))
    assert "few_items/few cannot have a learning curve: it starts from another run" in only(tree)


@pytest.mark.parametrize("profile", ["smoke", "cpu", "gpu"])
def test_every_profile_says_what_curves_are_made_of(profile: str) -> None:
    text = (ROOT / f"harness/profiles/{profile}.yaml").read_text()
    assert text.count("\ncurves:") == 1
    assert (CURVES in text) == (profile == "smoke")
