"""What the command line asks for: stages of dvc.yaml, and runs that params.yaml does not list.

peft/lora        --+-- listed in params.yaml: its stages    peft@lora-hs_products-0, score_peft@lora-hs_products-0
--domain, --seed --+-- not listed: a run of one's own       runs/own
prepare, prepare@icd10, report: stages or stage groups by their names
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.config.folds import with_folds
from harness.config.project import Project, RunKey
from harness.errors import ConfigError, did_you_mean
from harness.pipeline.run_groups import score_stage, train_stages

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Selection:
    """What is to run."""

    stages: tuple[str, ...] | None
    """Stages, without those that they depend on; null: the whole pipeline."""
    own: tuple[RunKey, ...] = ()
    """Runs that have no stage."""


def select(
    project: Project, targets: Sequence[str], *, domains: Sequence[str], seeds: Sequence[int], known: Iterable[str]
) -> Selection:
    """What the arguments name; `known` are all stages of dvc.yaml. A domain with folds stands for its folds.

    Raises:
        ConfigError: an unknown target or domain, a domain that is not prepared, or a seed out of range.
    """
    if not targets and not domains and not seeds:
        return Selection(stages=None)
    domains, stage_names = with_folds(project, domains), list(known)
    recipes = [target for target in targets if target in project.recipe_ids]
    named = [name for target in targets if target not in recipes for name in _stages_of(project, target, stage_names)]
    if not targets:
        recipes = [f"{family}/{name}" for family, names in project.params.recipes.items() for name in names]
    elif named and (domains or seeds):
        raise ConfigError("--domain and --seed choose runs of recipes, not stages", where=", ".join(targets))
    _refuse_wrong(project, domains, seeds)
    stages = train_stages(project)
    runs = list(_runs(project, recipes, domains=domains, seeds=seeds, named=bool(targets)))
    listed = [name for run in runs if run in stages for name in (stages[run], score_stage(stages[run]))]
    return Selection(tuple(dict.fromkeys([*named, *listed])), tuple(run for run in runs if run not in stages))


def _stages_of(project: Project, target: str, known: list[str]) -> list[str]:
    """The stages of this name, or of the group of this name."""
    found = [name for name in known if target in (name, name.split("@")[0])]
    if not found:
        names = {*project.recipe_ids} if "/" in target else {*known, *(name.split("@")[0] for name in known)}
        what = "recipe" if "/" in target else "stage or recipe"
        hint = did_you_mean(target, names) if "/" in target else _near_stage(project, target, names)
        raise ConfigError(f'unknown {what} "{target}"', where="TARGETS", hint=hint)
    return found


def _near_stage(project: Project, target: str, names: set[str]) -> str:
    """A recipe of that name in some family is what was meant most often: `lora` for `peft/lora`."""
    recipes = [recipe for recipe in project.recipe_ids if recipe.split("/")[1] == target]
    if recipes:
        return f"did you mean {' or '.join(recipes)}?"
    return did_you_mean(target, {*names, *project.recipe_ids})


def _refuse_wrong(project: Project, domains: Sequence[str], seeds: Sequence[int]) -> None:
    for names in domains:
        for name in names.split("+"):
            project.require_learnable(name)
            if name not in (*project.params.prepared_domains, *project.params.slices):
                raise ConfigError(
                    f'the domain "{name}" is not prepared',
                    where="--domain",
                    expected=f"one of {', '.join(project.params.prepared_domains)}",
                    hint="add it to prepared_domains in params.yaml (`harness domain add` does)",
                )
    for seed in seeds:
        if not 0 <= seed <= LARGEST_SEED:
            raise ConfigError(f"the seed is {seed}", where="--seed", expected=f"0 to {LARGEST_SEED}")


def _runs(
    project: Project, recipes: Iterable[str], *, domains: Sequence[str], seeds: Sequence[int], named: bool
) -> Iterator[RunKey]:
    """The runs of the recipes; what the options leave open is as in params.yaml.

    `named`: whether the command line names the recipes. Else a recipe runs only on domains that suit it.
    """
    for recipe_id in recipes:
        family, name = recipe_id.split("/")
        asked = [tuple(names.split("+")) for names in domains]
        if not named:
            asked = [step for step in asked if _suits(project, recipe_id, step)]
        learnt = asked if domains else project.learnt_by(family, name)
        for step in learnt:
            for seed in seeds or project.params.seeds.get(family) or [0]:
                yield RunKey(family, name, step, seed)


def _suits(project: Project, recipe_id: str, step: Sequence[str]) -> bool:
    """Whether a recipe that the command line does not name runs on the domains that it names.

    A family with a list in `domains_of` runs on those domains only, and a domain in `recipes_on` takes the recipes that
    it names. Other families run on any domain without files.
    """
    family, name = recipe_id.split("/")
    few = project.params.recipes_on
    if project.params.domains_of.get(family) or any(domain in few for domain in step):
        return tuple(step) in project.learnt_by(family, name)
    return not any(project.media_of(domain) for domain in step)
