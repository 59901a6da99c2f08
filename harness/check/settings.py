"""Do the active settings (or a profile) name only what exists, and all that they need?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path, PurePosixPath

from harness.config.complaints import Complaints, gathered, refuse
from harness.config.curve_key import CURVE_FAMILY
from harness.config.params import Params
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.config.strict import Key, parse, read_yaml
from harness.errors import ConfigError, HarnessError
from harness.models.base_roles import BASE_ROLES
from harness.suites.contract import get_set
from harness.training.registry import base_role


def params_problems(
    project: Project, path: Path, *, recipes: Mapping[str, Recipe], strict_listing: bool
) -> list[HarnessError]:
    """What is wrong in the settings at `path`.

    `recipes` are those that make sense. With `strict_listing` everything else that does must be listed
    or skipped with a reason.
    """
    problems: list[HarnessError] = []
    with gathered(problems):
        content = read_yaml(path)
        params = parse(Params, content, where=path)
    if problems:
        return problems
    complaints = Complaints(path, content)
    _dates(complaints, content)
    _listed(complaints, project, params)
    _seeds(complaints, params)
    _curves(complaints, params)
    _bases(complaints, params)
    _sources(complaints, project, params)
    _parents(complaints, params, recipes)
    _roles(complaints, params, recipes)
    _skips(complaints, project, params)
    if strict_listing:
        _unlisted(complaints, project, params, recipes)
    return list(complaints.found)


def refuse_unknown_names(project: Project) -> None:
    """Refuse settings that list a recipe, domain or suite without a file.

    Raises:
        ConfigError: naming all of them, with suggestions.
    """
    path = project.root / "params.yaml"
    complaints = Complaints(path, read_yaml(path))
    _listed(complaints, project, project.params)
    refuse(complaints.found, project.root)


def _listed(complaints: Complaints, project: Project, params: Params) -> None:
    complaints.names("domain", params.domains, project.domain_names, "domains")
    complaints.names("domain", params.prepared_domains, project.domain_names, "prepared_domains")
    for index, name in enumerate(params.domains):
        if name in project.domain_names and name not in params.prepared_domains:
            complaints.add(f'the domain "{name}" is not prepared', "domains", index, hint="add it to prepared_domains")
    complaints.names("domain to retain", params.retention_domains, params.prepared_domains, "retention_domains")
    complaints.names("suite", params.suites, project.suite_names, "suites")
    for name in params.scoring.items_of:
        if name not in params.suites:
            complaints.unknown("active suite", name, params.suites, "scoring", "items_of", name)
    _comparisons(complaints, project, params)
    _recipes(complaints, project, params)


def _comparisons(complaints: Complaints, project: Project, params: Params) -> None:
    """A suite that is compared with another needs that one's results."""
    for index, name in enumerate(params.suites):
        try:
            against = project.suite(name).against if name in project.suite_names else None
        except ConfigError:
            continue  # told as a problem of the suite
        if against and against not in params.suites[:index]:
            what = f"{name} is compared with {against}, which is not asked before it"
            complaints.add(what, "suites", index, hint=f"list {against} above it")


def _dates(complaints: Complaints, value: object, *keys: Key) -> None:
    """DVC reads all of params.yaml for its templates, and gives up at a date."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _dates(complaints, inner, *keys, key)
    elif isinstance(value, date):
        name = ".".join(map(str, keys))
        complaints.add(f'"{name}" is a date, which DVC cannot read', *keys, hint=f'put it in quotes: "{value}"')


def _recipes(complaints: Complaints, project: Project, params: Params) -> None:
    for family in project.family_names:
        if family not in params.recipes:
            complaints.add(
                f'the family "{family}" is missing',
                "recipes",
                hint=f"add `{family}: []`: its stages in dvc.yaml need it",
            )
    for family, names in params.recipes.items():
        if family not in project.family_names:
            complaints.unknown("family", family, project.family_names, "recipes", family)
            continue
        known = [recipe.split("/")[1] for recipe in project.recipe_ids if recipe.startswith(f"{family}/")]
        complaints.names(f"{family} recipe", names, known, "recipes", family)


def _seeds(complaints: Complaints, params: Params) -> None:
    for family in params.recipes:
        if not params.seeds.get(family):
            keys = ("seeds", family) if family in params.seeds else ("seeds",)
            complaints.add(f'the family "{family}" has no seed', *keys, hint=f"add `{family}: [0]`")
    for family, seeds in params.seeds.items():
        if family not in params.recipes:
            complaints.unknown("family", family, params.recipes, "seeds", family)
        complaints.duplicates("seed", seeds, "seeds", family)
        for seed in seeds:
            if not 0 <= seed < 2**32:  # numpy takes no others
                complaints.add(f"the seed {seed} is out of range", "seeds", family, expected="0 to 4294967295")


def _curves(complaints: Complaints, params: Params) -> None:
    if params.curves is None:
        if params.recipes.get(CURVE_FAMILY):
            what = f"the recipes of {CURVE_FAMILY} get learning curves, and `curves` is missing"
            complaints.add(
                what, "recipes", CURVE_FAMILY, hint="add `curves: {k: [8, 16, 32, 64], subsets: 3, items: 100}`"
            )
    elif params.curves.k != sorted(set(params.curves.k)):
        complaints.add("the numbers of items do not ascend", "curves", "k", expected="each once, the lowest first")


def _bases(complaints: Complaints, params: Params) -> None:
    complaints.names("base role", params.base_roles, params.base_models, "base_roles")
    for role, base in params.base_models.items():
        if role not in BASE_ROLES:
            complaints.unknown("base role", role, BASE_ROLES, "base_models", role)
        if role not in params.base_roles:
            complaints.add(f'the base model "{role}" is not in base_roles', "base_models", role, hint="add it there")
        path = PurePosixPath(base.path)
        if path.is_absolute() or ".." in path.parts:
            complaints.add(
                f'the path "{path}" leaves the source', "base_models", role, "path", expected="a path below the source"
            )


def _sources(complaints: Complaints, project: Project, params: Params) -> None:
    try:
        known = project.sources
    except ConfigError:
        return  # told as a problem of data/sources.yaml
    complaints.names("source", params.sources, known, "sources")
    needed: dict[str, str] = {}
    for role, base in params.base_models.items():
        needed.setdefault(base.source, f"base model {role}")
        if base.source not in known:
            complaints.unknown("source", base.source, known, "base_models", role, "source")
    for domain in sorted({*params.domains, *params.prepared_domains} & set(project.domain_names)):
        try:
            needed.setdefault(project.domain(domain).source, f"domain {domain}")
        except ConfigError:
            return  # told as a problem of the domain; what it needs is not known
    for suite in params.suites:
        needed |= {source: f"suite {suite}" for source in _sources_of(project, suite) if source not in needed}
    for source, user in needed.items():
        if source in known and source not in params.sources:
            complaints.add(f'the source "{source}", which the {user} needs, is missing', "sources", hint="add it")
    for index, source in enumerate(params.sources):
        if source in known and source not in needed:
            complaints.add(
                f'no prepared domain, base model or suite needs the source "{source}"',
                "sources",
                index,
                hint="remove it",
            )


def _sources_of(project: Project, suite: str) -> tuple[str, ...]:
    """Sources behind the questions that a suite brings along; none if they are told as a problem of the suite."""
    try:
        questions = project.suite(suite).questions
        return get_set(questions).sources if questions else ()
    except (ConfigError, ModuleNotFoundError):
        return ()


def _parents(complaints: Complaints, params: Params, recipes: Mapping[str, Recipe]) -> None:
    """A child's stage depends on the run folder of its parent, of the same domain and seed."""
    for family, names in params.recipes.items():
        for index, name in enumerate(names):
            child = recipes.get(f"{family}/{name}")
            for parent in child.run.parents.values() if child else ():
                if parent not in recipes:
                    continue  # told as a problem of the recipe
                parent_family, parent_name = parent.split("/")
                if parent_name not in params.recipes.get(parent_family, []):
                    what = f"{family}/{name} starts from {parent}, which does not run"
                    complaints.add(what, "recipes", family, index, hint=f"add {parent_name} to recipes.{parent_family}")
                lacking = sorted(set(params.seeds.get(family, [])) - set(params.seeds.get(parent_family, [])))
                if lacking:
                    what = f"{family}/{name} starts from {parent}, which does not run with seed {lacking[0]}"
                    complaints.add(what, "seeds", family, expected=f"no seed that seeds.{parent_family} lacks")


def _roles(complaints: Complaints, params: Params, recipes: Mapping[str, Recipe]) -> None:
    """A recipe cannot run without the pretrained model that it stands on."""
    for family, names in params.recipes.items():
        for index, name in enumerate(names):
            recipe = recipes.get(f"{family}/{name}")
            role = base_role(recipe) if recipe else None
            if role is not None and role not in params.base_models:
                what = f"{family}/{name} stands on a {role}, which base_models does not name"
                hint = f"name one there and in base_roles, or take {name} out of recipes.{family}"
                complaints.add(what, "recipes", family, index, hint=hint)


def _skips(complaints: Complaints, project: Project, params: Params) -> None:
    existing = set(_existing(project))
    active = set(_active(params))
    for key, reason in params.skip.items():
        if key not in existing:
            complaints.unknown("name to skip", key, existing, "skip", key)
        if key in active:
            complaints.add(f"{key} is skipped and listed", "skip", key, hint="remove one of the two")
        if not reason.strip():
            complaints.add(f"{key} is skipped without a reason", "skip", key, expected="why it does not run")


def _unlisted(complaints: Complaints, project: Project, params: Params, recipes: Mapping[str, Recipe]) -> None:
    broken = set(project.recipe_ids) - set(recipes)  # one problem is enough
    settled = {*_active(params), *params.skip, *broken}
    for key in _existing(project):
        if key not in settled:
            group, name = key.split("/")
            place = {"domain": "domains", "suite": "suites"}.get(group, f"recipes.{group}")
            hint = f'add "{name}" to {place}, or say under `skip` why it does not run: `{key}: reason`'
            complaints.add(f"{key} exists but is not listed", place.split(".")[0], hint=hint)


def _existing(project: Project) -> list[str]:
    """All keys that `skip` may hold."""
    domains = [f"domain/{name}" for name in project.domain_names]
    return [*project.recipe_ids, *domains, *(f"suite/{name}" for name in project.suite_names)]


def _active(params: Params) -> list[str]:
    recipes = [f"{family}/{name}" for family, names in params.recipes.items() for name in names]
    return [*recipes, *(f"domain/{name}" for name in params.domains), *(f"suite/{name}" for name in params.suites)]
