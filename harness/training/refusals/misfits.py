"""Which settings of a recipe its method does not accept: found by `harness check`, and before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator

from harness.config.complaints import recipe_file
from harness.config.mistakes import Mistake
from harness.config.project import Project
from harness.config.recipe import Recipe, Train
from harness.config.strict import checked, refuse_all
from harness.errors import ConfigError, did_you_mean
from harness.training.contract import Method
from harness.training.registry import base_role, get_method, parents_of


def require_fit(project: Project, recipe: Recipe) -> Method:
    """The recipe's method, which accepts all settings of the recipe.

    Raises:
        ConfigError: it names every setting that the method does not accept, with file and line.
    """
    method = get_method(recipe.run.method)
    refuse_all([located(project, recipe, mistake) for mistake in misfits(method, recipe)])
    return method


def located(project: Project, recipe: Recipe, mistake: Mistake) -> ConfigError:
    """The mistake with the file (the recipe's or its family's) and the line that hold it."""
    file = recipe_file(project.root, recipe.id, *mistake.keys)
    return mistake.located(file.path, file.content)


def misfits(method: Method, recipe: Recipe) -> list[Mistake]:
    """Every setting of the recipe that the method does not accept. Imports no heavy library."""
    _, options = checked(method.options_model, recipe.run.options, under=("run", "options"))
    found = [*options, *_init(method, recipe), *_base(recipe), *_parts(method, recipe), *_train(method, recipe)]
    return found if options else [*found, *method.refusals(recipe)]


def _init(method: Method, recipe: Recipe) -> Iterator[Mistake]:
    """Roles that the method does not know, and roles that it needs and that are missing."""
    name = recipe.run.method
    try:
        given = parents_of(recipe)
    except ConfigError as error:
        yield Mistake(("run", "init"), error.what, error.expected)
        return
    known = [role for role in (method.starts_from, *method.parents, *method.optional_parents) if role]
    for role in given:
        if role not in known:
            what = f'method {name} has no role "{role}" for another run'
            yield Mistake(("run", "init", role), what, hint=did_you_mean(role, known))
    for role in method.parents:
        if role not in given:
            what = f'`run.init` names no recipe for the role "{role}", which method {name} needs'
            roles = ", ".join(f"{one}: family/recipe" for one in known)
            yield Mistake(("run", "init"), what, expected=f"`init: {{{roles}}}`")


def _base(recipe: Recipe) -> Iterator[Mistake]:
    try:
        base_role(recipe)
    except ConfigError as error:
        yield Mistake(("run", "base"), error.what, error.expected, error.hint)


def _parts(method: Method, recipe: Recipe) -> Iterator[Mistake]:
    """`run.peft` and `run.subset` of a method that reads neither."""
    name = recipe.run.method
    if recipe.run.peft and not method.takes_peft:
        options = ", ".join(method.options_model.model_fields)
        hint = f"its own settings stand under `run.options`: {options}" if options else "remove it"
        yield Mistake(("run", "peft"), f"method {name} does not use the library peft", hint=hint)
    if recipe.run.subset is not None and not method.takes_subset:
        hint = "remove it; `run.budget.train_examples` sets the number of examples"
        yield Mistake(("run", "subset"), f"method {name} cannot draw a subset of the items", hint=hint)


def _train(method: Method, recipe: Recipe) -> Iterator[Mistake]:
    name, train = recipe.run.method, recipe.run.train
    if train is None:
        if method.needs_train_settings:
            what, hint = f"method {name} needs `run.train`", "give at least `train: {learning_rate: ...}`"
            yield Mistake(("run", "train"), what, hint=hint)
        return
    for setting, reason in method.refused_train_settings.items():
        if getattr(train, setting) != Train.model_fields[setting].default:
            what = f"method {name} does not work with `{setting}`: {reason}"
            yield Mistake(("run", "train", setting), what, hint="remove the line")
