"""The command line that names one run: FAMILY/RECIPE --domain D --seed S, for the verbs `train` and `score`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.project import Project, RunKey
from harness.errors import ConfigError


def parse_run(parser: argparse.ArgumentParser, argv: Sequence[str]) -> tuple[Project, RunKey]:
    """Add the arguments to `parser`, parse `argv`, and return the project and the key of the run.

    Raises:
        ConfigError: the recipe or a domain is unknown, a domain is named twice, or the seed is out of range.
    """
    parser.add_argument("recipe", metavar="FAMILY/RECIPE", help="as in recipes/")
    parser.add_argument(
        "--domain",
        metavar="D",
        action="append",
        required=True,
        help="a prepared domain; repeat it for several, in order",
    )
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="default: 0")
    options = parser.parse_args(argv)
    project = Project.here()
    recipe = project.recipe(options.recipe)
    for name in options.domain:
        project.domain(name)
    if not 0 <= options.seed < 2**32:
        raise ConfigError(f"the seed is {options.seed}", where="--seed", expected="0 to 4294967295")
    if len(set(options.domain)) < len(options.domain):
        raise ConfigError("a domain is named twice", where="--domain", hint="name each domain once")
    return project, RunKey(recipe.family, recipe.name, tuple(options.domain), options.seed)
