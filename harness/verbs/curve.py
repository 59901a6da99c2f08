"""`harness curve`: train and score a recipe with several numbers of items, in reports/records/curves/<family>/.

harness curve lowresource/setfit --domain hs_products
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.curve_key import CurveKey
from harness.config.folds import first_fold
from harness.config.project import Project
from harness.curves.learning_curve import curve, summary
from harness.runtime.compiler import without_compiler
from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries
from harness.verbs._run_arguments import compiles


def main(argv: Sequence[str]) -> int:
    """Make the curve and print one line with its means."""
    parser = argparse.ArgumentParser(
        prog="harness curve",
        description="Train and score a recipe with several numbers of training items, "
        "and write reports/records/curves/FAMILY/RECIPE-DOMAIN/.",
        epilog="example: harness curve lowresource/setfit --domain hs_products",
    )
    parser.add_argument("recipe", metavar="FAMILY/RECIPE", help="as in recipes/; it must declare `subset: {}`")
    parser.add_argument("--domain", required=True, metavar="D", help="a prepared domain; of one with folds, the first")
    options = parser.parse_args(argv)
    project = Project.here()
    recipe = project.recipe(options.recipe)
    exit_with_parent()
    quiet_libraries()
    if not compiles(recipe):
        without_compiler()
    folded = project.domain(options.domain).is_split_in_folds
    domain = first_fold(project, options.domain) if folded else options.domain
    key = CurveKey(recipe.family, recipe.name, domain)
    print(summary(key, curve(project, key)))
    return 0
