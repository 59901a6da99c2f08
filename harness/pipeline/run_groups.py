"""Which runs share a stage group of dvc.yaml: runs of one family that depend on the same parents.

    recipes/<family>/*.yaml, params.yaml --> one group, as long as no recipe of the family starts from another one
                                         `-> else one group for the recipes without parents, and one per child
    sequences of params.yaml ------------>    the same once per step, if the family runs on sequences
    media: of recipes ------------------->    the same once per kind of files that recipes read (`domains_of`)
    recipes_on of params.yaml ----------->    the same once per domain that only a few recipes run on

All stages of a group have the same `deps` in dvc.yaml, because DVC's templates cannot look up a recipe's parents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.config.domain import MediaKind
from harness.config.project import Project, RunKey
from harness.config.recipe import Recipe
from harness.config.sequences import Step


@dataclass(frozen=True)
class RunGroup:
    """Runs with the same dependencies: one stage group trains them, one scores them."""

    family: str
    recipes: tuple[Recipe, ...]
    """The recipes of these runs; also those that params.yaml does not list, if `lists_recipes` is false."""
    lists_recipes: bool = False
    """Whether dvc.yaml names the recipes itself. False: it takes the family's whole list from params.yaml."""
    child: str | None = None
    """The only recipe, if it starts from other recipes; else null."""
    step: Step = ()
    """The domains of a step of a sequence; empty if each run is on one domain."""
    media: tuple[MediaKind, ...] = ()
    """The kinds of files that all recipes of the group read; empty if they do not say."""
    domains: tuple[str, ...] = ()
    """The domains of the runs; empty in a step of a sequence."""
    lists_domains: bool = False
    """Whether dvc.yaml names the domains itself. False: it takes the family's whole list from params.yaml."""
    only_on: str | None = None
    """The domain, if only a few recipes run on it (`recipes_on`)."""

    @property
    def name(self) -> str:
        """Name of the stage group that trains: `peft`, `rlhf-ppo`, for pictures `multimodal-image`, for the second step
        `continual-2-a-b`, or for a few recipes on one domain `peft-mail`."""
        step = (str(len(self.step)), *self.step) if self.step else ()
        only = (self.only_on,) if self.only_on else ()
        return "-".join((self.family, *((self.child,) if self.child else self.media), *step, *only))

    @property
    def score_name(self) -> str:
        """Name of the stage group that scores: `score_peft`."""
        return score_stage(self.name)

    def holds(self, run: RunKey) -> bool:
        """Whether the run is one of this group."""
        domains_fit = run.domains == self.step if self.step else len(run.domains) == 1 and self.is_on(run.domains[0])
        return run.family == self.family and domains_fit and any(run.recipe == recipe.name for recipe in self.recipes)

    def is_on(self, domain: str) -> bool:
        """Whether a domain of the family is one of the group's."""
        return domain in self.domains

    def key_of(self, run: RunKey) -> str:
        """What DVC appends to the group's name for this run: `lora-hs_products-0`."""
        return "-".join((run.recipe, *(() if self.step else run.domains), str(run.seed)))


def run_groups(project: Project, recipes: Mapping[str, Recipe] | None = None) -> list[RunGroup]:
    """The groups of all families that params.yaml lists, in the order of the families.

    `recipes` are all recipes by id, for callers that have read their files already.

    Raises:
        ConfigError: params.yaml, a family or one of its recipes is wrong.
    """
    recipes = recipes or {recipe_id: project.recipe(recipe_id) for recipe_id in project.recipe_ids}
    families = sorted(project.params.recipes, key=lambda name: project.family(name).order)
    return [group for family in families for group in _groups_of(project, family, recipes)]


def train_stages(project: Project) -> dict[RunKey, str]:
    """Each run of params.yaml -> the stage that trains it: `peft@lora-hs_products-0`.

    Raises:
        ConfigError: as `run_groups`.
    """
    groups = run_groups(project)
    return {run: f"{group.name}@{group.key_of(run)}" for run in project.runs() for group in groups if group.holds(run)}


def score_stage(train_stage: str) -> str:
    """The stage (or group) that scores what `train_stage` trains: `score_peft@lora-hs_products-0`."""
    return f"score_{train_stage}"


def _groups_of(project: Project, family: str, recipes: Mapping[str, Recipe]) -> Iterator[RunGroup]:
    steps = project.learnt_domains(family) if project.in_sequences(family) else [()]
    own = [recipes[recipe_id] for recipe_id in project.recipe_ids if recipe_id.startswith(f"{family}/")]
    untrained = project.family(family).untrained
    for step in steps if own else ():
        in_step = [recipe for recipe in own if len(step) < 2 or recipe.name != untrained]
        if in_step == own and not any(recipe.run.parent_ids or _is_narrow(project, recipe) for recipe in own):
            on = () if step else tuple(project.params.domains_for(family))
            yield RunGroup(family, tuple(own), step=step, domains=on)
            continue
        listed = [recipe for name in project.params.recipes[family] for recipe in in_step if recipe.name == name]
        listed = [recipe for recipe in listed if step or _domains(project, recipe)]
        for media, same in _by_media(project, [recipe for recipe in listed if not recipe.run.parent_ids]).items():
            shared = RunGroup(family, tuple(same), lists_recipes=True, step=step, media=media)
            yield shared if step else _on_domains(project, shared)
        for recipe in listed:
            if recipe.run.parent_ids:
                alone = RunGroup(family, (recipe,), lists_recipes=True, child=recipe.name, step=step)
                yield alone if step else _on_domains(project, alone)
    for domain, few in () if project.in_sequences(family) else project.params.recipes_on.items():
        yield from _few(family, domain, [recipe for recipe in own if recipe.id in few and _listed(project, recipe)])


def _few(family: str, domain: str, recipes: Sequence[Recipe]) -> Iterator[RunGroup]:
    """The groups of the recipes that alone run on a domain."""
    shared = RunGroup(family, (), lists_recipes=True, domains=(domain,), lists_domains=True, only_on=domain)
    roots = tuple(recipe for recipe in recipes if not recipe.run.parent_ids)
    if roots:
        yield replace(shared, recipes=roots)
    for recipe in recipes:
        if recipe.run.parent_ids:
            yield replace(shared, recipes=(recipe,), child=recipe.name)


def _listed(project: Project, recipe: Recipe) -> bool:
    return recipe.name in project.params.recipes[recipe.family]


def _on_domains(project: Project, group: RunGroup) -> RunGroup:
    """The group with the domains of its recipes, which are the same for all of them."""
    recipe = group.recipes[0]
    return replace(group, domains=_domains(project, recipe), lists_domains=_is_narrow(project, recipe))


def _by_media(project: Project, recipes: Sequence[Recipe]) -> dict[tuple[MediaKind, ...], list[Recipe]]:
    """The kinds of files that keep recipes from some domains of their family -> these recipes."""
    found: dict[tuple[MediaKind, ...], list[Recipe]] = {}
    for recipe in recipes:
        kinds = tuple(project.media_read(recipe.id)) if _is_narrow(project, recipe) else ()
        found.setdefault(kinds, []).append(recipe)
    return found


def _domains(project: Project, recipe: Recipe) -> tuple[str, ...]:
    """Those of the family's domains that the recipe runs on, without the domains of `recipes_on`."""
    learnt = {name for (name,) in project.learnt_by(recipe.family, recipe.name)}
    return tuple(name for name in project.params.domains_for(recipe.family) if name in learnt)


def _is_narrow(project: Project, recipe: Recipe) -> bool:
    """Whether the recipe runs on some domains of its family only."""
    if project.in_sequences(recipe.family):
        return False
    return list(_domains(project, recipe)) != project.params.domains_for(recipe.family)
