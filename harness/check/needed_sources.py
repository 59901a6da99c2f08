"""Do the settings provide the base models and sources that recipes, domains and suites need?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from harness.config.complaints import Complaints
from harness.config.params import Params
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.errors import ConfigError
from harness.models.base_roles import BASE_ROLES
from harness.models.towers.tower_roles import TOWER_ROLES
from harness.suites.contract import get_set
from harness.training.media.towers import pretrained_roles


def base_problems(complaints: Complaints, params: Params, *, recipes: Mapping[str, Recipe]) -> None:
    """Add base models that are not in order, and recipes whose base model the settings do not name."""
    known = [*BASE_ROLES, *TOWER_ROLES]
    complaints.names("base role", params.base_roles, params.base_models, "base_roles")
    for role, base in params.base_models.items():
        if role not in known:
            complaints.unknown("base role", role, known, "base_models", role)
        if role not in params.base_roles:
            complaints.add(f'the base model "{role}" is not in base_roles', "base_models", role, hint="add it there")
        path = PurePosixPath(base.path)
        if path.is_absolute() or ".." in path.parts:
            what = f'the path "{path}" leaves the source'
            complaints.add(what, "base_models", role, "path", expected="a path below the source")
    for family, names in params.recipes.items():
        for index, name in enumerate(names):
            recipe = recipes.get(f"{family}/{name}")
            for needed in pretrained_roles(recipe) if recipe else ():
                if needed not in params.base_models:
                    what = f"{family}/{name} starts from a {needed}, and base_models names none"
                    hint = f"name one there and in base_roles, or take {name} out of recipes.{family}"
                    complaints.add(what, "recipes", family, index, hint=hint)


def source_problems(complaints: Complaints, project: Project, params: Params) -> None:
    """Add sources that are unknown, missing or not needed."""
    try:
        known = project.sources
    except ConfigError:
        return  # reported for data/sources.yaml
    complaints.names("source", params.sources, known, "sources")
    for role, base in params.base_models.items():
        if base.source not in known:
            complaints.unknown("source", base.source, known, "base_models", role, "source")
    try:
        needed = needed_sources(project, params)
    except ConfigError:
        return  # reported for the domain's file
    for source, user in needed.items():
        if source in known and source not in params.sources:
            complaints.add(f'the source "{source}", which the {user} needs, is missing', "sources", hint="add it")
    for index, source in enumerate(params.sources):
        if source in known and source not in needed:
            what = f'no prepared domain, base model or suite needs the source "{source}"'
            complaints.add(what, "sources", index, hint="remove it")


def needed_sources(project: Project, params: Params) -> dict[str, str]:
    """Source -> the first of its users: `base model encoder`.

    Raises:
        ConfigError: the file of a domain is wrong.
    """
    needed: dict[str, str] = {}
    for role, base in params.base_models.items():
        needed.setdefault(base.source, f"base model {role}")
    for domain in sorted({*params.learnt_domains, *params.prepared_domains} & set(project.domain_names)):
        needed.setdefault(project.domain(domain).source, f"domain {domain}")
    for suite in params.all_suites:
        for source in _sources_of(project, suite):
            needed.setdefault(source, f"suite {suite}")
    return needed


def _sources_of(project: Project, suite: str) -> tuple[str, ...]:
    """Sources of the questions that a suite brings along; empty if the suite is wrong (reported for its file)."""
    try:
        questions = project.suite(suite).questions
        return get_set(questions).sources if questions else ()
    except (ConfigError, ModuleNotFoundError):
        return ()
