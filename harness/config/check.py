"""Verb `check`: validate every YAML file of the tree, and that they agree with each other and with the code.

data/sources.yaml   domains, suites        recipes/<family>/         harness/profiles/*.yaml
       \\                  |                     /      \\                     |
        `----------> params.yaml <-------------'        `---> dvc.yaml  (as params.yaml)
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from harness.config.check_deps import dependency_problems
from harness.config.check_files import domain_problems, name_problems, suite_problems
from harness.config.check_params import params_problems
from harness.config.check_recipes import recipe_problems
from harness.config.check_stages import stage_problems
from harness.config.complaints import below, counted, refuse
from harness.config.project import Project
from harness.errors import HarnessError


def main(argv: Sequence[str]) -> int:
    """`harness check`: print all problems and return 1, or one line and 0."""
    description = "validate every YAML file of the tree, without any heavy import"
    argparse.ArgumentParser(prog="harness check", description=description).parse_args(argv)
    started = time.perf_counter()
    project = Project.here()
    found = problems(project)
    for problem in found:
        print(below(project.root, str(problem)), file=sys.stderr)
    if found:
        print(f"harness check: {counted(len(found), 'problem')}", file=sys.stderr)
        return 1
    print(f"checked {inventory(project)}: all well ({time.perf_counter() - started:.2f} s)")
    return 0


def problems(project: Project, *, strict_listing: bool = True) -> list[HarnessError]:
    """Everything that is wrong in the tree; with `strict_listing` also what exists but params.yaml does not list."""
    recipes, found = recipe_problems(project)
    found = [*name_problems(project), *found, *domain_problems(project), *suite_problems(project)]
    settings = project.root / "params.yaml"
    found += params_problems(project, settings, recipes=recipes, strict_listing=strict_listing)
    for path in profile_files(project.root):
        found += params_problems(project, path, recipes=recipes, strict_listing=False)
    found += stage_problems(project.root / "dvc.yaml", project.family_names)
    return found + dependency_problems(project, recipes)


def require_valid(project: Project) -> None:
    """Refuse to go on with a broken tree.

    Raises:
        ConfigError: naming all problems.
    """
    refuse(problems(project), project.root)


def profile_files(root: Path) -> list[Path]:
    """The ready-made settings, by name."""
    return sorted((root / "harness/profiles").glob("*.yaml"))


def inventory(project: Project) -> str:
    """`6 recipes, 1 domain, 2 suites, 4 sources, 3 profiles`."""
    counts = {
        "recipe": len(project.recipe_ids),
        "domain": len(project.domain_names),
        "suite": len(project.suite_names),
        "source": len(project.sources),
        "profile": len(profile_files(project.root)),
    }
    return ", ".join(counted(count, noun) for noun, count in counts.items())
