"""Verb `curve`: a recipe's learning curve -> runs/curves/<family>/<recipe>-<domain>/."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.curve_key import CurveKey
from harness.config.project import Project
from harness.curves.learning_curve import curve, summary
from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries


def main(argv: Sequence[str]) -> int:
    """`harness curve FAMILY/RECIPE --domain D`."""
    description = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="harness curve", description=description)
    parser.add_argument("recipe", metavar="FAMILY/RECIPE", help="as in recipes/; the recipe must have `subset: {}`")
    parser.add_argument("--domain", required=True, metavar="D")
    options = parser.parse_args(argv)
    project = Project.here()
    recipe = project.recipe(options.recipe)
    project.domain(options.domain)
    exit_with_parent()
    quiet_libraries()
    key = CurveKey(recipe.family, recipe.name, options.domain)
    print(summary(key, curve(project, key)))
    return 0
