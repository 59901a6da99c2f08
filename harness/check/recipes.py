"""Does every recipe make sense by itself, to its method, and with its parents?"""

from __future__ import annotations

from collections.abc import Mapping

from ruamel.yaml.comments import CommentedMap

from harness.check.tuning import tuning_problems
from harness.config.complaints import Complaints, gathered
from harness.config.project import FAMILY_FILE, Project
from harness.config.recipe import Recipe
from harness.config.reference import reference_of
from harness.config.strict import read_yaml
from harness.errors import ConfigError, HarnessError
from harness.training.contract import Method
from harness.training.registry import base_role, get_method, method_names


def recipe_problems(project: Project) -> tuple[dict[str, Recipe], list[HarnessError]]:
    """All recipes that make sense, by id, and what is wrong with the others."""
    problems: list[HarnessError] = []
    recipes = _readable(project, problems)
    methods = _methods(project, recipes, problems)
    own = {name: _own_problems(project, recipe, methods) for name, recipe in recipes.items()}
    for found in own.values():
        problems += found
    problems += _circles(project, recipes)
    with gathered(problems):
        reference_of(recipes.values())
    for name, recipe in recipes.items():
        if not own[name]:
            own[name] = _other_base(project, recipe, {key: one for key, one in recipes.items() if not own[key]})
            problems += own[name]
    sound = {name: recipe for name, recipe in recipes.items() if not own[name] and not _way_back(name, recipes)}
    return sound, problems


def _readable(project: Project, problems: list[HarnessError]) -> dict[str, Recipe]:
    """A broken family is told once, and not for each of its recipes."""
    families, recipes = set(), {}
    for family in project.family_names:
        with gathered(problems):
            project.family(family)
            families.add(family)
    for recipe_id in project.recipe_ids:
        if recipe_id.split("/")[0] in families:
            with gathered(problems):
                recipes[recipe_id] = project.recipe(recipe_id)
    return recipes


def _methods(project: Project, recipes: Mapping[str, Recipe], problems: list[HarnessError]) -> dict[str, Method]:
    """Those that recipes use and that exist; a broken one is told once."""
    used = {recipe.run.method for recipe in recipes.values()} & set(method_names(project.root))
    methods: dict[str, Method] = {}
    for name in sorted(used):
        with gathered(problems):
            methods[name] = get_method(name)
    return methods


def _own_problems(project: Project, recipe: Recipe, methods: Mapping[str, Method]) -> list[ConfigError]:
    problems: list[ConfigError] = []
    known = method_names(project.root)
    if recipe.run.method not in known:
        complaints = _place(project, recipe, "method")
        complaints.unknown("method", recipe.run.method, known, "run", "method")
        problems += complaints.found
    elif recipe.run.method in methods:
        method = methods[recipe.run.method]
        problems += _method_problems(project, recipe, method)
        problems += tuning_problems(project, recipe, method.options)
    for parent in recipe.run.parents.values():
        if parent not in project.recipe_ids:
            complaints = _place(project, recipe, "init")
            complaints.unknown("parent recipe", parent, project.recipe_ids, "run", "init")
            problems += complaints.found
    return problems


def _method_problems(project: Project, recipe: Recipe, method: Method) -> list[ConfigError]:
    """What the method itself would refuse when the training starts, hours into a pipeline."""
    problems: list[ConfigError] = []
    try:
        method.chosen_options(recipe)
    except ConfigError as error:
        unknown = [option for option in recipe.run.options if option not in method.options]
        keys = ("options", unknown[0]) if unknown else ("init",)
        complaints = _place(project, recipe, *keys)
        complaints.add(error.what, "run", *keys, expected=error.expected, hint=error.hint)
        problems += complaints.found
        return problems
    try:
        base_role(recipe)
    except ConfigError as error:
        complaints = _place(project, recipe, "base")
        complaints.add(error.what, "run", "base", expected=error.expected)
        problems += complaints.found
        return problems
    for at, refusal in method.refusals(recipe):
        complaints = _place(project, recipe, *at)
        complaints.add(refusal.what, "run", *at, expected=refusal.expected, hint=refusal.hint)
        problems += complaints.found
    if method.needs_train_settings and recipe.run.train is None:
        complaints = _place(project, recipe, "train")
        what = f"method {recipe.run.method} needs `run.train`"
        complaints.add(what, "run", "train", hint="give at least `train: {learning_rate: ...}`")
        problems += complaints.found
    return problems


def _other_base(project: Project, recipe: Recipe, sound: Mapping[str, Recipe]) -> list[ConfigError]:
    """A run goes on with its parent's weights, so it stands on the same pretrained model."""
    parent = sound.get(recipe.run.parents.get("model", ""))
    if parent is None:
        return []
    own, needed = base_role(recipe), base_role(parent)
    if own == needed or own is None or needed is None:
        return []
    complaints = _place(project, recipe, "base")
    complaints.add(
        f"{recipe.id} starts from {parent.id}, which stands on another base",
        "run",
        "base",
        expected=f"`base: {needed}`",
    )
    return list(complaints.found)


def _circles(project: Project, recipes: Mapping[str, Recipe]) -> list[HarnessError]:
    """Recipes that start from themselves, each circle told once."""
    problems: list[HarnessError] = []
    told: set[str] = set()
    for start in recipes:
        circle = _way_back(start, recipes)
        if circle and not told & set(circle):
            told |= set(circle)
            complaints = _place(project, recipes[start], "init")
            what = f"the parents form a circle: {' -> '.join([*circle, start])}"
            complaints.add(what, "run", "init", hint="one of them must start from `base`")
            problems += complaints.found
    return problems


def _way_back(start: str, recipes: Mapping[str, Recipe]) -> list[str]:
    """The shortest chain of parents from a recipe to itself; empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        recipe = recipes.get(way[-1])
        for parent in recipe.run.parents.values() if recipe else ():
            if parent == start:
                return way
            if parent not in seen:
                seen.add(parent)
                ways.append([*way, parent])
    return []


def _place(project: Project, recipe: Recipe, *keys: str) -> Complaints:
    """The file that says `run.<keys>`: the recipe's or, if only that does, its family's."""
    path = project.root / "recipes" / f"{recipe.id}.yaml"
    content, shared = read_yaml(path), read_yaml(path.with_name(FAMILY_FILE))
    if not _says(content, "run", *keys) and _says(shared, "run", *keys):
        return Complaints(path.with_name(FAMILY_FILE), shared)
    return Complaints(path, content)


def _says(content: CommentedMap, *keys: str) -> bool:
    node: object = content
    for key in keys:
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True
