"""Validate every YAML file of the tree, and that the files agree with each other and with the code.

data/sources.yaml   domains, suites        recipes/<family>/         harness/profiles/*.yaml
       \\                  |                     /      \\                     |
        `----------> params.yaml <-------------'        `---> dvc.yaml  (checked like params.yaml)
"""

from __future__ import annotations

from harness.check.declared_bases import declared_base_problems
from harness.check.files import domain_problems, name_problems, suite_problems
from harness.check.folds import fold_problems
from harness.check.recipes import recipe_problems
from harness.check.settings import params_problems
from harness.check.stages import stage_problems
from harness.config.complaints import counted, refuse
from harness.config.edits.profile import profile_files
from harness.config.project import Project
from harness.errors import HarnessError


def problems(project: Project) -> list[HarnessError]:
    """Everything that is wrong in the tree."""
    recipes, found = recipe_problems(project)
    found = [*name_problems(project), *found, *domain_problems(project), *suite_problems(project)]
    found += [*fold_problems(project), *declared_base_problems(project)]
    for settings in (project.root / "params.yaml", *profile_files(project.root)):
        found += params_problems(project, settings, recipes=recipes)
    return found + stage_problems(project, recipes)


def require_valid(project: Project) -> None:
    """Refuse to go on with a broken tree.

    Raises:
        ConfigError: naming all problems.
    """
    refuse(problems(project), project.root)


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
