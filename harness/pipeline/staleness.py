"""Which runs have a record of something that has changed since: stale rows of a board.

    dvc.lock: what a record was made from   <-- compared with -->   recipes, settings, suites and code as they are now

Nothing is loaded and no large file is read: inputs that other stages make are compared by what dvc.lock says of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.config.folds import by_fold, pooled_run
from harness.config.project import Project, RunKey
from harness.freshness.changes import Pipeline, StageState
from harness.freshness.lock_file import LOCK_FILE
from harness.pipeline.plan import code_hashes, foreseen, own_reasons
from harness.pipeline.run_groups import score_stage, train_stages

NOT_RECORDED = "dvc.lock does not say what its record was made from"
OTHER_RECORD = "its record is not the one in dvc.lock: edited, or from another machine"


def stale_runs(project: Project) -> dict[str, str]:
    """Id of each run of params.yaml whose record is stale -> why: `training: recipes/peft/lora.yaml: run modified`.

    Raises:
        ConfigError: as `judged_runs`.
    """
    return {run_id: why for run_id, why in judged_runs(project).items() if why}


def judged_runs(project: Project) -> dict[str, str | None]:
    """Id of each run of params.yaml that has a record -> why it is stale; null if it is not. So has each row of a
    domain with folds, by the id of the row.

    Empty where nothing was run by DVC yet.

    Raises:
        ConfigError: dvc.yaml, dvc.lock or the configuration cannot be read.
    """
    if not (project.root / LOCK_FILE).is_file():
        return {}
    stages = train_stages(project)
    recorded = [key for key in stages if (project.record_folder(key) / "train").is_dir()]
    if not recorded:
        return {}
    pipeline, code = Pipeline(project.root, large_files=False), code_hashes(project)
    recorded = [key for key in recorded if stages[key] in pipeline.stages]  # a board may show runs without a stage
    states = {name: foreseen(pipeline.state(name), code) for name in _both(recorded, stages)}
    pipeline.hashes.remember()
    return with_rows_of_folds(project, {key.id: _why(states, stages[key]) for key in recorded}, runs=recorded)


def with_rows_of_folds(
    project: Project, judged: Mapping[str, str | None], *, runs: Iterable[RunKey]
) -> dict[str, str | None]:
    """`judged`, and for each row of a domain with folds why one of these runs of its folds is stale."""
    rows: dict[str, dict[str, str | None]] = {}
    for key in runs:
        if row := pooled_run(project, key):
            rows.setdefault(row.id, {})[key.domains[0]] = judged[key.id]
    return {**judged, **{run_id: by_fold(reasons) for run_id, reasons in rows.items()}}


def _both(keys: Iterable[RunKey], stages: Mapping[RunKey, str]) -> list[str]:
    return [name for key in keys for name in (stages[key], score_stage(stages[key]))]


def _why(states: Mapping[str, StageState], train: str) -> str | None:
    """The reasons of a run's two stages; null if both are as dvc.lock says."""
    parts = [("training", _reasons(states[train])), ("scoring", _reasons(states[score_stage(train)]))]
    return "; ".join(f"{stage}: {', '.join(reasons)}" for stage, reasons in parts if reasons) or None


def _reasons(state: StageState) -> list[str]:
    if state.never_ran:
        return [NOT_RECORDED]
    stale = [f"{path}: {what}" for path, what in state.stale_inputs.items()]
    return [*own_reasons(state), *stale, *([OTHER_RECORD] if state.changed_outputs else [])]
