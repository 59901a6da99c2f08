"""Do the active settings (or a profile) name only what exists, and everything that they need?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from harness.check.family_lists import family_list_problems
from harness.check.folds import listed_folds
from harness.check.memory_fits import memory_problems
from harness.check.needed_sources import base_problems, source_problems
from harness.check.parents import parent_problems
from harness.check.sequences import sequence_problems
from harness.config.complaints import Complaints, gathered, refuse
from harness.config.curve_key import active_curves
from harness.config.mistakes import Key
from harness.config.params import Params
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.config.strict import parse, read_yaml
from harness.errors import ConfigError, HarnessError


def params_problems(project: Project, path: Path, *, recipes: Mapping[str, Recipe]) -> list[HarnessError]:
    """What is wrong in the settings at `path`; `recipes` are those without a mistake."""
    problems: list[HarnessError] = []
    with gathered(problems):
        content = read_yaml(path)
        params = parse(Params, content, where=path)
    if problems:
        return problems
    complaints = Complaints(path, content)
    _dates(complaints, content)
    _listed(complaints, project, params)
    listed_folds(complaints, project, params)
    _seeds(complaints, project, params)
    base_problems(complaints, params, recipes=recipes)
    source_problems(complaints, project, params)
    memory_problems(complaints, project, params, recipes=recipes)
    if _families_are_sound(project, params):
        _curves(complaints, project, params, recipes=recipes)
        family_list_problems(complaints, project, params, recipes=recipes)
        sequence_problems(complaints, project, params, recipes=recipes)
        parent_problems(complaints, project, params, recipes=recipes)
    _skips(complaints, project, params)
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
        if name not in params.all_suites:
            complaints.unknown("active suite", name, params.all_suites, "scoring", "items_of", name)
    _wide(complaints, project, params)
    _comparisons(complaints, project, params)
    _recipes(complaints, project, params)
    complaints.names("recipe", params.starter, project.recipe_ids, "starter")


def _comparisons(complaints: Complaints, project: Project, params: Params) -> None:
    """A suite that is compared with another one needs the results of that one."""
    for index, name in enumerate(params.suites):
        try:
            against = project.suite(name).against if name in project.suite_names else None
        except ConfigError:
            continue  # reported for the suite's file
        if against and against not in params.suites[:index]:
            what = f"{name} is compared with {against}, which is not asked before it"
            complaints.add(what, "suites", index, hint=f"list {against} above it")


def _wide(complaints: Complaints, project: Project, params: Params) -> None:
    """The wide protocol asks other suites than the default one, of recipes that run."""
    complaints.names("suite", params.wide.suites, project.suite_names, "wide", "suites")
    for index, name in enumerate(params.wide.suites):
        if name in params.suites:
            what = f"every row is asked {name} already"
            complaints.add(what, "wide", "suites", index, hint="list it in one of `suites` and `wide.suites`")
    for family, recipes in params.wide.recipes.items():
        complaints.names("recipe that runs", recipes, params.recipes.get(family, []), "wide", "recipes", family)


def _dates(complaints: Complaints, value: object, *keys: Key) -> None:
    """DVC reads all of params.yaml for its templates, and cannot read a date."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _dates(complaints, inner, *keys, key)
    elif isinstance(value, date):
        name = ".".join(map(str, keys))
        complaints.add(f'"{name}" is a date, which DVC cannot read', *keys, hint=f'put it in quotes: "{value}"')


def _recipes(complaints: Complaints, project: Project, params: Params) -> None:
    for family, names in params.recipes.items():
        if family not in project.family_names:
            complaints.unknown("family", family, project.family_names, "recipes", family)
            continue
        known = [recipe.split("/")[1] for recipe in project.recipe_ids if recipe.startswith(f"{family}/")]
        complaints.names(f"{family} recipe", names, known, "recipes", family)


def _seeds(complaints: Complaints, project: Project, params: Params) -> None:
    for family in params.recipes:
        if not params.seeds.get(family):
            keys = ("seeds", family) if family in params.seeds else ("seeds",)
            complaints.add(f'the family "{family}" has no seed', *keys, hint=f"add `{family}: [0]`")
    for family, seeds in params.seeds.items():
        if family not in project.family_names:
            complaints.unknown("family", family, project.family_names, "seeds", family)
        complaints.duplicates("seed", seeds, "seeds", family)
        for seed in seeds:
            if not 0 <= seed < 2**32:  # numpy takes no others
                complaints.add(f"the seed {seed} is out of range", "seeds", family, expected="0 to 4294967295")


def _families_are_sound(project: Project, params: Params) -> bool:
    """Whether all listed families can be read; anything else is reported for their files."""
    try:
        return all(project.family(family) for family in params.recipes)
    except ConfigError:
        return False


def _curves(complaints: Complaints, project: Project, params: Params, *, recipes: Mapping[str, Recipe]) -> None:
    active = {curve.recipe_id: curve for curve in active_curves(project, params)}
    if params.curves is None:
        for family in sorted({curve.family for curve in active.values()}):
            what = f"the recipes of {family} get learning curves, and `curves` is missing"
            hint = "add `curves: {k: [8, 16, 32, 64], subsets: 3, items: 100}`"
            complaints.add(what, "recipes", family, hint=hint)
    elif params.curves.k != sorted(set(params.curves.k)):
        complaints.add("the numbers of items do not ascend", "curves", "k", expected="each once, the lowest first")
    for recipe_id, curve in active.items():
        if recipe_id in recipes and recipes[recipe_id].run.parent_ids:
            index = params.recipes[curve.family].index(curve.recipe)
            what = (
                f"{recipe_id} cannot have a learning curve: it starts from another run, and each point has a new seed"
            )
            hint = "move it to a family without `learning_curves: true`"
            complaints.add(what, "recipes", curve.family, index, hint=hint)


def _skips(complaints: Complaints, project: Project, params: Params) -> None:
    existing, active = set(_existing(project)), set(_active(params))
    for key in params.skip:
        if key not in existing:
            complaints.unknown("name to skip", key, existing, "skip", key)
        if key in active:
            complaints.add(f"{key} is skipped and listed", "skip", key, hint="remove one of the two")


def _existing(project: Project) -> list[str]:
    """All keys that `skip` may hold."""
    domains = [f"domain/{name}" for name in project.domain_names]
    return [*project.recipe_ids, *domains, *(f"suite/{name}" for name in project.suite_names)]


def _active(params: Params) -> list[str]:
    recipes = [f"{family}/{name}" for family, names in params.recipes.items() for name in names]
    return [
        *recipes,
        *(f"domain/{name}" for name in params.learnt_domains),
        *(f"suite/{name}" for name in params.suites),
    ]
