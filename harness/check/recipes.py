"""Check every recipe: by itself, against its method, and against the recipes it starts from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.check.tuning import tuning_problems
from harness.config.complaints import gathered, recipe_file
from harness.config.mistakes import Mistake
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.config.reference import reference_of
from harness.errors import ConfigError, HarnessError, did_you_mean
from harness.training.contract import Method
from harness.training.media_method import media_needed
from harness.training.refusals.misfits import located, misfits
from harness.training.registry import base_role, get_method, loaded_kind, method_names, parents_of


def recipe_problems(project: Project) -> tuple[dict[str, Recipe], list[HarnessError]]:
    """All recipes without a problem, by id, and the problems of the others."""
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
            start = _start_mistakes(recipe, {key: one for key, one in recipes.items() if not own[key]}, methods)
            own[name] = [located(project, recipe, mistake) for mistake in start]
            problems += own[name]
    sound = {name: recipe for name, recipe in recipes.items() if not own[name] and not _way_back(name, recipes)}
    return sound, problems


def _readable(project: Project, problems: list[HarnessError]) -> dict[str, Recipe]:
    """Recipes whose files can be read. A broken family is reported once, not for each of its recipes."""
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
    """The methods that recipes use and that exist. A broken method is reported once."""
    used = {recipe.run.method for recipe in recipes.values()} & set(method_names(project.root))
    methods: dict[str, Method] = {}
    for name in sorted(used):
        with gathered(problems):
            methods[name] = get_method(name)
    return methods


def _own_problems(project: Project, recipe: Recipe, methods: Mapping[str, Method]) -> list[ConfigError]:
    """Problems that do not depend on what other recipes contain."""
    mistakes = list(_unknown_names(project, recipe))
    method = methods.get(recipe.run.method)
    if method is None:
        return [located(project, recipe, mistake) for mistake in mistakes]
    unfit = [*misfits(method, recipe), *_media_mistakes(project, recipe, method)]
    problems = [located(project, recipe, mistake) for mistake in (*unfit, *mistakes)]
    return problems + tuning_problems(project, recipe, method, fits=not unfit)


def _media_mistakes(project: Project, recipe: Recipe, method: Method) -> Iterator[Mistake]:
    """`media` of the recipe's file, from which runs are listed, says something else than its method."""
    said, reads = sorted(project.media_read(recipe.id)), sorted(media_needed(method))
    if said == reads:
        return
    if reads:
        what = f"method {recipe.run.method} reads files of the kind {' and '.join(reads)}"
        yield Mistake(("media",), what, expected=f"`media: [{', '.join(reads)}]` beside `run`")
    else:
        what = f"method {recipe.run.method} does not need files of some kind"
        yield Mistake(("media",), what, hint="remove the line")


def _unknown_names(project: Project, recipe: Recipe) -> Iterator[Mistake]:
    """A method or parent recipes that do not exist."""
    methods = method_names(project.root)
    if recipe.run.method not in methods:
        hint = did_you_mean(recipe.run.method, methods)
        yield Mistake(("run", "method"), f'unknown method "{recipe.run.method}"', hint=hint)
    for parent in recipe.run.parent_ids:
        if parent not in project.recipe_ids:
            hint = did_you_mean(parent, project.recipe_ids)
            yield Mistake(("run", "init"), f'unknown parent recipe "{parent}"', hint=hint)


def _start_mistakes(recipe: Recipe, sound: Mapping[str, Recipe], methods: Mapping[str, Method]) -> Iterator[Mistake]:
    """Reasons why the recipe's method cannot train further on the run that the recipe starts from."""
    method = methods[recipe.run.method]
    parent = sound.get(parents_of(recipe).get(method.starts_from or "", ""))
    if parent is None:
        return
    above, starts = methods[parent.run.method], f"{recipe.id} starts from {parent.id}"
    own, needed, kind = base_role(recipe), base_role(parent), loaded_kind(above)
    if needed is None:
        yield Mistake(("run", "init"), f"{starts}, which has no pretrained model to train further")
    elif own != needed:
        what = f"{starts}, which stands on another base"
        yield Mistake(("run", "base"), what, expected=f"`base: {needed}`")
    elif kind is not None and not issubclass(kind, method.start_kind):
        what = f"{starts}, which is a {kind.__name__}"
        yield Mistake(("run", "init"), what, expected=f"a run whose model is a {method.start_kind.__name__}")
    elif above.cannot_be_continued:
        yield Mistake(("run", "init"), f"{starts}, which no method can train further: {above.cannot_be_continued}")


def _circles(project: Project, recipes: Mapping[str, Recipe]) -> list[HarnessError]:
    """Recipes that start from themselves, directly or through others. Each circle is reported once."""
    problems: list[HarnessError] = []
    reported: set[str] = set()
    for start in recipes:
        circle = _way_back(start, recipes)
        if circle and not reported & set(circle):
            reported |= set(circle)
            complaints = recipe_file(project.root, start, "run", "init")
            what = f"the parents form a circle: {' -> '.join([*circle, start])}"
            complaints.add(what, "run", "init", hint="one of them must start from `base`")
            problems += complaints.found
    return problems


def _way_back(start: str, recipes: Mapping[str, Recipe]) -> list[str]:
    """The shortest chain of parents from a recipe back to itself; empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        recipe = recipes.get(way[-1])
        for parent in recipe.run.parent_ids if recipe else ():
            if parent == start:
                return way
            if parent not in seen:
                seen.add(parent)
                ways.append([*way, parent])
    return []
