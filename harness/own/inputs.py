"""What an own run was made from, as one hash: it is measured again when something of that changes.

DVC answers this question for the stages of dvc.yaml, from dvc.lock. Own runs are not in dvc.lock, because git tracks
that file. The same inputs count: code, recipe, budget, data, base model, suites, and the runs that it starts from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.config.project import Project, RunKey
from harness.config.seen import as_seen_by
from harness.fingerprint.fingerprint import SUITES_FILE, fingerprints
from harness.freshness.lock_file import read_lock
from harness.measure.provenance import stable_hash
from harness.runtime.atomic_output import atomic_file
from harness.training.media.towers import pretrained_roles
from harness.training.parents import parent_runs
from harness.training.registry import base_role, get_method
from harness.training.train import resolved_budget

TRAIN_FILE, SCORE_FILE = "train.inputs", "score.inputs"


def training_inputs(project: Project, key: RunKey, code: Mapping[str, str]) -> str:
    """Hash of everything that the training of the run depends on.

    `code` is what `fingerprints` gives.

    Raises:
        ConfigError: the recipe or params.yaml is wrong.
    """
    recipe, params = project.recipe(key.recipe_id), as_seen_by(project, key).params
    made = made_by_stages(project.root)
    role = base_role(recipe)
    towers = [name for name in pretrained_roles(recipe) if name != role]
    reads_all = get_method(recipe.run.method).reads_other_domains
    domains = sorted({*key.domains, *(params.prepared_domains if reads_all else ())})
    return stable_hash(
        {
            "code": code[f"recipes/{key.recipe_id}.json"],
            "run": recipe.run.model_dump(mode="json"),
            "budget": resolved_budget(params.budget, recipe).model_dump(mode="json"),
            "precision": params.precision,
            "seed": key.seed,
            "domains": [[name, made.get(project.prepared_place(name))] for name in domains],
            "base": [role, made.get(f"data/bases/{role}")],
            **({"towers": [made.get(f"data/bases/{name}") for name in towers]} if towers else {}),
            "parents": {
                name: training_inputs(project, parent, code) for name, parent in parent_runs(project, key).items()
            },
        }
    )


def scoring_inputs(project: Project, key: RunKey, code: Mapping[str, str]) -> str:
    """Hash of everything that the scores of the run depend on.

    Raises:
        ConfigError: the recipe or params.yaml is wrong.
    """
    params, made = as_seen_by(project, key).params, made_by_stages(project.root)
    further = params.more_suites.get(key.family, ())  # the code holds the suites that every row is asked
    scoring = params.scoring
    return stable_hash(
        {
            "training": training_inputs(project, key, code),
            "code": [code["score.json"], code[SUITES_FILE]],
            "suites": params.suites,
            **({"more_suites": [project.suite(name).model_dump(mode="json") for name in further]} if further else {}),
            "official": params.official.model_dump(mode="json"),
            "scoring": [scoring.batch_size, scoring.items, scoring.items_of],
            "domains": [[name, made.get(project.prepared_place(name))] for name in project.scored_domains(key)],
            "questions": made.get("data/questions"),
        }
    )


def is_scored(project: Project, key: RunKey, code: Mapping[str, str]) -> bool:
    """Whether the own run has scores of everything as it is now; `project` has the folders of own runs.

    Raises:
        ConfigError: the recipe or params.yaml is wrong.
    """
    record = project.record_folder(key)
    there = (record / "score/scores.json").is_file()
    return there and is_current(record, SCORE_FILE, scoring_inputs(project, key, code))


def is_current(folder: Path, name: str, inputs: str) -> bool:
    """Whether the result in `folder` was made from these inputs."""
    path = folder / name
    return path.is_file() and path.read_text(encoding="utf-8") == inputs


def note_inputs(folder: Path, name: str, inputs: str) -> None:
    """Note what the result in `folder` was made from, after the result is whole."""
    with atomic_file(folder / name) as working:
        working.write_text(inputs, encoding="utf-8")


def made_by_stages(root: Path) -> dict[str, str]:
    """Output of each stage that dvc.lock records -> its md5."""
    return {path: md5 for stage in read_lock(root).values() for path, md5 in stage.outs.items() if md5}


def code_of(project: Project, runs: Iterable[RunKey]) -> dict[str, str]:
    """The code, as of now, that scoring uses and the trainings of these runs and of all that they start from.

    Raises:
        ConfigError: a recipe is broken, or an import is not pinned.
    """
    recipes: set[str] = set()
    waiting = [run.recipe_id for run in runs]
    while waiting:
        recipe = waiting.pop()
        if recipe not in recipes:
            recipes.add(recipe)
            waiting += project.recipe(recipe).run.parent_ids
    return fingerprints(project, {"score.json", *(f"recipes/{recipe}.json" for recipe in recipes)})
