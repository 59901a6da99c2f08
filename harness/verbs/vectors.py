"""`harness vectors RUN --domain D`: how well and how fast the vectors of a run find its domain's texts.

harness vectors contrastive/mnrl --domain icd10
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project, RunKey
from harness.runtime.compiler import without_compiler
from harness.runtime.parent_watch import exit_with_parent
from harness.runtime.quiet import quiet_libraries
from harness.search.measure import measure_vectors, summary


def main(argv: Sequence[str]) -> int:
    """Measure one run and print a summary."""
    parser = argparse.ArgumentParser(
        prog="harness vectors",
        description="Search a domain with the vectors of a run for each of its test pairs. Writes nDCG, recall, size "
        "of the index and queries a second into reports/records/FAMILY/RECIPE-DOMAIN-SEED/vectors/.",
        epilog="example: harness vectors contrastive/mnrl --domain icd10",
    )
    parser.add_argument("recipe", metavar="RUN", help="the recipe of the run, such as contrastive/mnrl")
    parser.add_argument(
        "--domain", metavar="D", required=True, help="what the run was trained on; its texts are searched"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the run (default: 0)")
    options = parser.parse_args(argv)
    project = Project.here()
    project.domain(options.domain)
    recipe = project.recipe(options.recipe)
    exit_with_parent()
    quiet_libraries()
    without_compiler()
    print(summary(measure_vectors(project, RunKey(recipe.family, recipe.name, (options.domain,), options.seed))))
    return 0
