"""The stage groups of the families: what each trains, scores or draws curves of, and what it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.config.curve_key import CURVES_FOLDER, curve_group
from harness.config.family import StageHints
from harness.config.project import FAMILY_FILE, PREPARED, RECORDS, RUNS, SLICES, Project, RunKey
from harness.config.recipe import Recipe
from harness.models.loaded import EmbeddingModel
from harness.pipeline.run_groups import RunGroup
from harness.pipeline.stage_text import StageGroup, tracked_keys
from harness.records.vectors_record import VECTORS
from harness.training.lessons.pair_mix import PairOptions
from harness.training.media.towers import pretrained_roles
from harness.training.parents import parent_runs
from harness.training.registry import get_method, loaded_kind

RECIPE, DOMAIN, SEED = "${item.recipe}", "${item.domain}", "${item.seed}"

SCORE_PARAMS = ("suites", "official", "scoring.batch_size", "scoring.items", "scoring.items_of", "precision")
WIDE_PARAMS = ("wide.suites", "scoring.batch_size", "scoring.items", "scoring.items_of", "precision")
CURVE_PARAMS = (
    "curves",
    "budget",
    "precision",
    "suites",
    "scoring.batch_size",
    "scoring.items",
    "scoring.items_of",
)


def slice_group(project: Project) -> StageGroup:
    """The stage group that prepares the slices of params.yaml, of which there must be one."""
    return StageGroup(
        name="slice",
        description="prepare the part of a domain that a step of a sequence learns",
        matrix={"slice": f"[{', '.join(project.params.slices)}]"},
        command="python -m harness prepare ${item.slice}",
        deps=("runs/code/prepare.json", PREPARED),
        params=("slices.${item.slice}",),
        outs=(f"{SLICES}/${{item.slice}}",),
    )


def train_group(project: Project, group: RunGroup) -> StageGroup:
    """The stage group that trains the runs of `group`."""
    family, domains = project.family(group.family), group.step or (DOMAIN,)
    reads_all = any(get_method(recipe.run.method).reads_other_domains for recipe in group.recipes)
    return StageGroup(
        name=group.name,
        description=_description(family.stages.train, f"train the recipes of {group.family}"),
        matrix=_matrix(project, group),
        command=f"python -m harness train {_arguments(group)}",
        deps=(
            _recipe_code(group.family),
            *_bases(project, group),
            *_parents(project, group),
            *([PREPARED] if reads_all else _views(project, domains)),
            *([f"data/preferences/{domain}" for domain in domains] if any(map(reads_pairs, group.recipes)) else []),
        ),
        params=("budget", "precision", *(["prepared_domains"] if reads_all else []), *_recipe_params(group.family)),
        outs=(f"{RUNS}/{_run_name(group)}",),
        records=(f"{RECORDS}/{_run_name(group)}/train",),
        resources=_resources(family.stages.train),
    )


def score_group(project: Project, group: RunGroup) -> StageGroup:
    """The stage group that scores the runs of `group`; in a sequence, on all of the sequence's domains."""
    family = project.family(group.family)
    domains = project.scored_domains(_any_run(group)) if group.step else (DOMAIN,)
    return StageGroup(
        name=group.score_name,
        description=_description(family.stages.score, f"score the runs of {group.family}"),
        matrix=_matrix(project, group),
        command=f"python -m harness score {_arguments(group)}",
        deps=(
            "runs/code/score.json",
            _recipe_code(group.family),
            *_bases(project, group),
            *_parents(project, group),
            *_views(project, domains),
            "runs/code/suites.json",
            "data/questions",
            *_more_suites(project, group),
            f"{RUNS}/{_run_name(group)}",
        ),
        params=(*SCORE_PARAMS, *([f"more_suites.{group.family}"] if _more_suites(project, group) else [])),
        records=(f"{RECORDS}/{_run_name(group)}/score",),
        persist=True,  # the verb keeps results that are still valid
        resources=_resources(family.stages.score),
    )


def wide_group(project: Project, group: RunGroup) -> StageGroup:
    """The stage group that asks the wide protocol of the recipes that params.yaml names for it.

    It comes after the scoring of the same runs, because a suite may be compared with one of the default protocol.
    """
    scoring, params = score_group(project, group), project.params
    asked = params.wide.recipes.get(group.family, [])
    names = [recipe.name for recipe in group.recipes if recipe.name in asked]
    listed = f"[{', '.join(names)}]" if group.lists_recipes else f'"${{wide.recipes.{group.family}}}"'
    code = {"runs/code/suites.json": "runs/code/wide_suites.json"}
    not_asked = _more_suites(project, group)
    return replace(
        scoring,
        name=f"wide_{group.name}",
        description=f"ask the wide protocol of a few recipes of {group.family}",
        matrix={**scoring.matrix, "recipe": listed, **_fewer(project, group, params.wide_domains(group.family))},
        command=f"{scoring.command} --protocol wide",
        deps=(*(code.get(path, path) for path in scoring.deps if path not in not_asked), *scoring.records),
        params=WIDE_PARAMS,
        records=(f"{RECORDS}/{_run_name(group)}/wide",),
    )


def vectors_group(project: Project, group: RunGroup) -> StageGroup | None:
    """The stage group that searches with the runs of `group` whose models produce only vectors; null without any.

    Language models are left out: reading a whole domain takes them a hundred times as long.
    """
    listed = project.params.recipes[group.family]
    recipes = [one for one in group.recipes if one.name in listed and _only_vectors(one)]
    if not recipes or group.step:
        return None
    own = replace(group, recipes=tuple(recipes), lists_recipes=True)
    return replace(
        score_group(project, own),
        name=f"vectors_{group.name}",
        description=f"search with the vectors of {group.family}",
        command=f"python -m harness vectors {_arguments(own)}",
        deps=(
            "harness/search",
            _recipe_code(group.family),
            *_bases(project, own),
            *_parents(project, own),
            *_views(project, (DOMAIN,)),
            f"{RUNS}/{_run_name(own)}",
        ),
        params=("scoring.batch_size", "precision"),
        records=(f"{RECORDS}/{_run_name(own)}/{VECTORS}",),
        persist=False,
    )


def _only_vectors(recipe: Recipe) -> bool:
    kind = loaded_kind(get_method(recipe.run.method))
    return kind is not None and issubclass(kind, EmbeddingModel)


def curve_stages(project: Project, group: RunGroup) -> StageGroup:
    """The stage group that makes learning curves of the recipes of `group`, none of which has parents."""
    family = project.family(group.family)
    matrix = {axis: values for axis, values in _matrix(project, group).items() if axis != "seed"}
    return StageGroup(
        name=curve_group(group.family),
        description=_description(family.stages.curve, f"learning curves of {group.family}"),
        matrix={**matrix, **_fewer(project, group, project.params.curve_domains(group.family))},
        command=f"python -m harness curve {group.family}/{RECIPE} --domain {DOMAIN}",
        deps=(
            "runs/code/curve.json",
            _recipe_code(group.family),
            *_bases(project, group),
            *_views(project, (DOMAIN,)),
            "runs/code/suites.json",
        ),
        params=(*CURVE_PARAMS, *_recipe_params(group.family)),
        records=(f"{CURVES_FOLDER}/{group.family}/{RECIPE}-{DOMAIN}",),
        resources=_resources(family.stages.curve),
    )


def _matrix(project: Project, group: RunGroup) -> dict[str, str]:
    """Axis -> its values as dvc.yaml writes them; DVC joins the values in this order into the stage's name."""
    listed = f"[{', '.join(recipe.name for recipe in group.recipes)}]"
    return {
        "recipe": listed if group.lists_recipes else f'"${{recipes.{group.family}}}"',
        **({} if group.step else {"domain": _domains(project, group)}),
        "seed": f'"${{seeds.{group.family}}}"',
    }


def _fewer(project: Project, group: RunGroup, domains: Sequence[str]) -> dict[str, str]:
    """The axis of the domains, where not all domains of the family are asked."""
    if group.step or list(domains) == project.params.domains_for(group.family):
        return {}
    return {"domain": f"[{', '.join(filter(group.is_on, domains))}]"}


def _domains(project: Project, group: RunGroup) -> str:
    """The domains that the group's runs are on."""
    if group.lists_domains:
        return f"[{', '.join(group.domains)}]"
    return f'"${{domains_of.{group.family}}}"' if project.params.domains_of.get(group.family) else '"${domains}"'


def _arguments(group: RunGroup) -> str:
    domains = " ".join(f"--domain {domain}" for domain in group.step or (DOMAIN,))
    return f"{group.family}/{RECIPE} {domains} --seed {SEED}"


def _run_name(group: RunGroup) -> str:
    return f"{group.family}/{RECIPE}-{'+'.join(group.step or (DOMAIN,))}-{SEED}"


def _recipe_code(family: str) -> str:
    return f"runs/code/recipes/{family}/{RECIPE}.json"


def _recipe_params(family: str) -> tuple[str, ...]:
    return tuple(tracked_keys(f"recipes/{family}/{file}", "run") for file in (FAMILY_FILE, f"{RECIPE}.yaml"))


def _bases(project: Project, group: RunGroup) -> list[str]:
    """Folders of the pretrained models that the recipes start from.

    A recipe whose model params.yaml does not provide cannot run. The others of its family do not wait for that model.
    """
    roles = sorted({role for recipe in group.recipes for role in pretrained_roles(recipe)})
    provided = [role for role in roles if role in project.params.base_roles]
    return [f"data/bases/{role}" for role in provided or roles]


def _parents(project: Project, group: RunGroup) -> Iterator[str]:
    """Folders of the weights of the runs that the runs of the group start from, and of all earlier steps."""
    own = _any_run(group)
    for parent in dict.fromkeys(parent_runs(project, own, group.recipes[0]).values()):
        recipe = RECIPE if parent.recipe_id == own.recipe_id else parent.recipe
        yield f"{RUNS}/{parent.family}/{recipe}-{'+'.join(parent.domains)}-{SEED}"
        if parent.recipe_id == own.recipe_id:  # a step is loaded with all steps before it
            for length in range(1, len(parent.domains)):
                yield f"{RUNS}/{parent.family}/{recipe}-{'+'.join(parent.domains[:length])}-{SEED}"


def reads_pairs(recipe: Recipe) -> bool:
    """Whether the recipe learns from pairs beside those of its domain (`harness preferences`)."""
    options = get_method(recipe.run.method).options_model.of(recipe)
    return isinstance(options, PairOptions) and set(options.slices) != {"domain"}


def _any_run(group: RunGroup) -> RunKey:
    """One run of the group. All of them have the same parents, as far as templates go."""
    return RunKey(group.family, group.recipes[0].name, group.step or (DOMAIN,), seed=0)


def _views(project: Project, domains: tuple[str, ...]) -> list[str]:
    return [f"{project.prepared_place(domain)}/{part}" for domain in domains for part in ("views.json", "views")]


def _more_suites(project: Project, group: RunGroup) -> list[str]:
    """Files of the suites that only this family is asked; `runs/code/suites.json` holds those of all rows."""
    return [f"data/suites/{name}.yaml" for name in project.params.more_suites.get(group.family, [])]


def _description(hints: StageHints, otherwise: str) -> str:
    return hints.description or otherwise


def _resources(hints: StageHints) -> dict[str, float]:
    return {name: value for name in ("cpus", "gpus", "memory_gb") if (value := getattr(hints, name)) is not None}
