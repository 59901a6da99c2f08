from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.curve_key import CurveKey, active_curves
from harness.config.project import Project
from tests.curves.curve_tree import CURVES
from tests.mini_tree import RECIPE, dvc_yaml, edit, only, told, write_mini_tree
from tests.tree import ROOT

GROUP = """\
  learning_curve:
    matrix: {recipe: "${recipes.lowresource}", domain: "${domains}"}
    cmd: echo
    deps: [data/bases/causal_lm]
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The smallest tree with two recipes that get curves."""
    root = write_mini_tree(tmp_path)
    family = root / "recipes/lowresource"
    family.mkdir()
    (family / "_family.yaml").write_text("title: Low-resource\norder: 2\nrun: {}\n")
    for name in ("few", "fewer"):
        (family / f"{name}.yaml").write_text(RECIPE.format(method="lora") + "  subset: {}\n")
    for settings in ("params.yaml", "harness/profiles/tiny.yaml"):
        edit(root / settings, "  peft: [lora, prompt]\n", "  peft: [lora, prompt]\n  lowresource: [few, fewer]\n")
        edit(root / settings, "  peft: [0, 1]\n", f"  peft: [0, 1]\n  lowresource: [0]\n{CURVES}\n")
    (root / "dvc.yaml").write_text(dvc_yaml(["baseline", "peft", "lowresource"]) + GROUP)
    assert told(root) == []
    return root


def test_every_low_resource_recipe_has_a_curve_on_every_domain(tree: Path) -> None:
    keys = list(active_curves(Project(tree)))
    assert keys == [CurveKey("lowresource", name, "goods") for name in ("few", "fewer")]
    assert keys[0].id == "lowresource/few-goods"
    assert keys[0].folder(Project(tree)) == tree / "runs/curves/lowresource/few-goods"


@pytest.mark.parametrize(
    ("curves", "expected"),
    [
        ("", "the recipes of lowresource get learning curves, and `curves` is missing"),
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


def test_without_low_resource_recipes_no_settings_are_needed(tree: Path) -> None:
    edit(tree / "params.yaml", CURVES, "skip: {lowresource/few: no time, lowresource/fewer: no time}")
    edit(tree / "params.yaml", "lowresource: [few, fewer]", "lowresource: []")
    assert told(tree) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  learning_curve:\n", "  learning_curves:\n", 'the stage group "learning_curve" is missing'),
        ("  learning_curve:\n", "  learning_curves:\n", 'did you mean "learning_curve"?'),
        (
            'matrix: {recipe: "${recipes.lowresource}", domain: "${domains}"}',
            'matrix: {recipe: "${recipes.peft}", domain: "${domains}"}',
            'the axis recipe of "learning_curve"',
        ),
        (
            'matrix: {recipe: "${recipes.lowresource}", domain: "${domains}"}',
            'matrix: {domain: "${domains}", recipe: "${recipes.lowresource}"}',
            'the axes of "learning_curve" are domain, recipe',
        ),
    ],
)
def test_the_family_needs_the_stage_group_of_its_curves(tree: Path, old: str, new: str, expected: str) -> None:
    edit(tree / "dvc.yaml", old, new)
    assert any(problem.startswith("dvc.yaml:") and expected in problem for problem in told(tree)), told(tree)


def test_the_curves_depend_on_the_bases_of_their_recipes(tree: Path) -> None:
    edit(tree / "dvc.yaml", "    deps: [data/bases/causal_lm]\n", "    deps: [data/prepared]\n")
    assert '"learning_curve" does not depend on data/bases/causal_lm: the method of lowresource/few' in only(tree)


def test_a_tree_without_the_family_needs_no_group(tmp_path: Path) -> None:
    root = write_mini_tree(tmp_path)
    assert told(root) == []
    (root / "dvc.yaml").write_text((root / "dvc.yaml").read_text() + GROUP)
    assert 'unknown stage group "learning_curve"' in only(root)


@pytest.mark.parametrize("profile", ["smoke", "cpu", "gpu"])
def test_every_profile_says_what_curves_are_made_of(profile: str) -> None:
    text = (ROOT / f"harness/profiles/{profile}.yaml").read_text()
    assert text.count("\ncurves:") == 1
    assert (CURVES in text) == (profile == "smoke")
