"""The arguments that name one run, shared by the verbs `train` and `score`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from harness.config.folds import folds_of
from harness.config.project import Project, RunKey
from harness.config.recipe import Recipe
from harness.config.seen import as_seen_by
from harness.errors import ConfigError
from harness.own.own_project import OwnProject


def parse_run(parser: argparse.ArgumentParser, argv: Sequence[str]) -> tuple[Project, RunKey, argparse.Namespace]:
    """The project, the run that the command line names, and all options.

    Raises:
        ConfigError: an unknown recipe or domain, a domain that is split in folds, or a domain named twice.
    """
    parser.add_argument("recipe", help="family/recipe, as in recipes/")
    parser.add_argument(
        "--domain",
        action="append",
        required=True,
        help="repeat it for several: a mixture, or the steps so far of a family that runs on sequences",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--own", action="store_true", help="into runs/own, beside a published record; git ignores it")
    options = parser.parse_args(argv)
    project = OwnProject(Project.here().root) if options.own else Project.here()
    recipe = project.recipe(options.recipe)
    for name in options.domain:
        project.require_learnable(name)
        if name in project.domain_names and project.domain(name).is_split_in_folds:
            folds = ", ".join(folds_of(project, name))
            hint = f"`harness repro {recipe.id} --domain {name}` trains and scores all of them"
            raise ConfigError(f"{name} is split in folds", where="--domain", expected=f"one of {folds}", hint=hint)
    if not 0 <= options.seed < 2**32:
        raise ConfigError(f"the seed is {options.seed}", where="--seed", expected="0 to 4294967295")
    if len(set(options.domain)) < len(options.domain):
        raise ConfigError("a domain is named twice", where="--domain", hint="name each once")
    key = RunKey(recipe.family, recipe.name, tuple(options.domain), options.seed)
    return as_seen_by(project, key), key, options


def compiles(recipe: Recipe) -> bool:
    """Whether a training of the recipe needs torch's compiler."""
    return recipe.run.train is not None and recipe.run.train.torch_compile
