"""The first rows of one's own: a few recipes that are trained and scored here, even where others published them.

starter: of params.yaml --+-- published (in the last commit): into runs/own, so that the records in git stay
                          '-- not published: the stages of dvc.yaml, as for every other run
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.folds import runs_of_row
from harness.config.project import Project, RunKey
from harness.errors import ConfigError
from harness.evidence.resampling import Resampling
from harness.own.own_project import OwnProject
from harness.pipeline.run_groups import score_stage, train_stages
from harness.running.repro import Order
from harness.verify.agreement import Agreement
from harness.verify.compare_records import compare_records
from harness.verify.published import published_runs


def starter_runs(project: Project) -> list[RunKey]:
    """The runs of the starter rows on the first domain (with all its folds) and with the first seed, in the order of
    params.yaml.

    Raises:
        ConfigError: params.yaml names none that runs.
    """
    params = project.params
    listed = [name for name in params.starter if name.split("/")[1] in params.recipes.get(name.split("/")[0], ())]
    found = []
    for recipe_id in listed:
        family, recipe = recipe_id.split("/")
        domains = project.learnt_domains(family)
        if domains:
            first = RunKey(family, recipe, domains[0], (params.seeds.get(family) or [0])[0])
            found += runs_of_row(project, first)
    if not found:
        raise ConfigError(
            "no starter row runs",
            where=str(project.root / "params.yaml"),
            expected="`starter: [baseline/tfidf, ...]` with recipes that `recipes` lists",
            hint="`harness repro` runs everything that is missing or stale",
        )
    return found


def starter_order(
    project: Project, *, jobs: int | None = None, address: str | None = None, live: bool = False
) -> Order:
    """What to run for the starter rows.

    Raises:
        ConfigError: as `starter_runs`.
        DataError: this is no git checkout.
    """
    published, stages = set(published_runs(project)), train_stages(project)
    runs = starter_runs(project)
    own = [run for run in runs if run.id in published]
    pipeline = [name for run in runs if run not in own for name in (stages[run], score_stage(stages[run]))]
    return Order(jobs=jobs, address=address, live=live, own=own, stages=pipeline)


def agreements(project: Project, runs: Sequence[RunKey]) -> list[Agreement]:
    """How well the runs that were measured here agree with the published records of the same runs.

    Raises:
        DataError: a record is broken.
    """
    own, scoring = OwnProject(project.root), project.params.scoring
    resampling = Resampling(confidence=scoring.confidence, resamples=scoring.resamples)
    folders = [(project.record_folder(run), own.record_folder(run)) for run in runs]
    return [
        compare_records(published, here, resampling=resampling)
        for published, here in folders
        if all((folder / "score/scores.json").is_file() for folder in (published, here))
    ]
