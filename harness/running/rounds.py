"""Which stages to run, in two rounds, and with which DVC command.

A clone has records and no weights. Stages whose records are up to date stay as they are (`--allow-missing`). What a
stage that runs reads must be on disk, so its makers run too where their files are missing:

    first round    code, sources, bases, prepared domains, as far as something needs them
    second round   training and scoring of what is missing or stale; parents and models whose weights are missing
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.pipeline.dvc_stages import StageState
from harness.pipeline.history import Estimate
from harness.pipeline.plan import FINGERPRINT, plan
from harness.running.task import Task, needs_of, stage_command

MISSING = ("deleted", "not in cache")
"""DVC's words for files that are not on this disk although dvc.lock records them."""

IN_GIT = "reports/"
"""Outputs below this folder come with a clone. Where one is missing, its stage has to run."""


@dataclass(frozen=True)
class Round:
    """Stages that run one after another or side by side."""

    stages: tuple[str, ...]
    """In the order of `dvc repro`."""
    must_exist: frozenset[str] = frozenset()
    """Those of `stages` whose files are missing and which others read: DVC runs them without `--allow-missing`."""
    before_runs: bool = False
    """The first round: nothing in it trains or scores."""


@dataclass
class Pipeline:
    """All stages and what `harness plan` says about them."""

    stages: Sequence[StageState]
    code: Mapping[str, str]
    runs: frozenset[str]
    """Stages that train, score or make learning curves."""
    by_name: dict[str, StageState] = field(init=False)

    def __post_init__(self) -> None:
        self.by_name = {stage.name: stage for stage in self.stages}

    def behind(self, names: Iterable[str]) -> set[str]:
        """The stages and everything that they depend on."""
        found: set[str] = set()
        waiting = [name for name in names if name in self.by_name]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.by_name[name].upstream
        return found

    def round(self, wanted: Sequence[str] | None, *, needed: Sequence[str] = (), force: bool = False) -> Round | None:
        """The next round; null if nothing has to run.

        Args:
            wanted: stages to bring up to date; null: all.
            needed: further stages whose outputs must be up to date and on disk, for something that is no stage.
            force: run `wanted` even if they are up to date.
        """
        everything, makers = self.due(wanted, needed=needed, force=force)
        early = {name for name in everything if not self.behind([name]) & self.runs}
        before_runs = bool(early - {FINGERPRINT})  # what changes with the code is known without that stage
        now = early if before_runs else everything
        if not now:
            return None
        ordered = tuple(stage.name for stage in self.stages if stage.name in now)
        return Round(ordered, frozenset(now & makers), before_runs=before_runs)

    def due(
        self, wanted: Sequence[str] | None, *, needed: Sequence[str] = (), force: bool = False
    ) -> tuple[set[str], set[str]]:
        """All stages that run or may run, and those of them that run because their files are missing.

        The arguments are those of `round`.
        """
        in_scope = set(self.by_name) if wanted is None else self.behind([*wanted, *needed])
        steps = plan([without_missing(stage) for stage in self.stages], self.code)
        runs = {step.stage for step in steps if step.state != "restores" and step.stage in in_scope}
        runs |= set(wanted or ()) if force else set()
        makers = self._missing_makers(runs, needed) | {name for name in runs if self._lacks_records(name)}
        everything = runs | makers
        if everything - {FINGERPRINT} and FINGERPRINT not in runs and self._missing(FINGERPRINT):
            makers.add(FINGERPRINT)
        everything |= makers
        return everything, makers

    def _missing(self, name: str) -> bool:
        stage = self.by_name.get(name)
        return stage is not None and any(word in MISSING for word in stage.changed_outputs.values())

    def _lacks_records(self, name: str) -> bool:
        changes = self.by_name[name].changed_outputs
        return any(path.startswith(IN_GIT) and what in MISSING for path, what in changes.items())

    def _missing_makers(self, runs: set[str], needed: Sequence[str]) -> set[str]:
        """Those of `needed` whose files are missing, and the stages whose missing files are read by one that runs,
        directly or through other such stages.
        """
        makers = {name for name in needed if name not in runs and self._missing(name)}
        waiting = [*runs, *makers]
        while waiting:
            for name in self.by_name[waiting.pop()].upstream:
                if name not in runs and name not in makers and self._missing(name) and not self._is_tail(name):
                    makers.add(name)
                    waiting.append(name)
        return makers

    def _is_tail(self, name: str) -> bool:
        """Whether the stage only collects what runs left behind: its files are made anew from the records."""
        return name not in self.runs and bool(self.behind([name]) & self.runs)


def without_missing(stage: StageState) -> StageState:
    """The stage as `dvc repro --allow-missing` judges it: files that are not on this disk count as unchanged."""

    def there(changes: Mapping[str, str]) -> dict[str, str]:
        return {path: what for path, what in changes.items() if what not in MISSING}

    if stage.never_ran:
        return stage
    return replace(
        stage,
        changed_inputs=there(stage.changed_inputs),
        stale_inputs=there(stage.stale_inputs),
        changed_outputs={
            path: what for path, what in stage.changed_outputs.items() if what not in MISSING or path.startswith(IN_GIT)
        },
        outputs_in_cache=False,  # a missing record is not restored by `--allow-missing`
    )


def tasks_of(
    pipeline: Pipeline, chosen: Round, estimates: Mapping[str, Estimate], *, gpus: bool, force: Sequence[str] = ()
) -> list[Task]:
    """One task per stage of the round; stages of the first round and missing makers run without `--allow-missing`."""
    tasks = []
    for name in chosen.stages:
        stage, estimate = pipeline.by_name[name], estimates.get(name)
        allow_missing = not chosen.before_runs and name not in chosen.must_exist
        tasks.append(
            Task(
                name=name,
                command=stage_command(name, allow_missing=allow_missing, force=name in force),
                after=frozenset(stage.upstream),
                needs=needs_of(stage.resources, estimate, gpus=gpus),
                seconds=estimate.seconds if estimate else None,
            )
        )
    return tasks
