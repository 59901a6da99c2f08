"""Which stages to run, in two rounds, and with which DVC command.

A clone has records and no weights. Stages whose records are up to date stay as they are (`--allow-missing`). What a
stage that runs reads must be on disk, so its makers run too where their files are missing:

    first round    code, sources, bases, prepared domains, as far as something needs them
    second round   training and scoring of what is missing or stale; parents and models whose weights are missing
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.config.project import RECORDS
from harness.freshness.changes import StageState
from harness.freshness.kept import Place
from harness.pipeline.history import Estimate
from harness.pipeline.needed import lost_outputs
from harness.pipeline.plan import FINGERPRINT, plan
from harness.running.tasks.task import Task, needs_of, stage_command


@dataclass(frozen=True)
class Round:
    """Stages that run one after another or side by side."""

    stages: tuple[str, ...]
    """In the order of `dvc repro`."""
    must_exist: frozenset[str] = frozenset()
    """Those of `stages` whose files are missing and which others read: DVC runs them without `--allow-missing`."""
    pulled: frozenset[str] = frozenset()
    """Those of `must_exist` whose files the team's remote has."""
    before_runs: bool = False
    """The first round: nothing in it trains or scores."""


@dataclass
class Pipeline:
    """All stages and what `harness plan` says about them."""

    stages: Sequence[StageState]
    code: Mapping[str, str]
    places: Callable[[Iterable[str]], Mapping[str, Place]]
    """Where outputs with these md5s are, as `Kept.places` tells."""
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
        due = self.due(wanted, needed=needed, force=force)
        early = {name for name in due.stages if not self.behind([name]) & self.runs}
        before_runs = bool(early - {FINGERPRINT})  # what changes with the code is known without that stage
        now = early if before_runs else due.stages
        if not now:
            return None
        ordered = tuple(stage.name for stage in self.stages if stage.name in now)
        return Round(ordered, frozenset(now & due.must_exist), frozenset(now & due.pulled), before_runs=before_runs)

    def due(self, wanted: Sequence[str] | None, *, needed: Sequence[str] = (), force: bool = False) -> Due:
        """All stages that run or may run; the arguments are those of `round`."""
        in_scope = set(self.by_name) if wanted is None else self.behind([*wanted, *needed])
        steps = {step.stage: step for step in plan(self.stages, self.code, places=self.places)}
        found = {name for name in steps if name in in_scope} | (set(wanted or ()) if force else set())
        without_records = {name for name in in_scope if self._lacks_records(name)}
        makers = {name for name in found if self._lacks_files(name)} | self._makers_for(needed)
        if found | makers | without_records and self._lacks_files(FINGERPRINT):
            makers.add(FINGERPRINT)
        pulled = {name for name in makers if name in steps and steps[name].state == "pulls"}
        return Due(found | makers | without_records, makers | without_records, pulled)

    def _lacks_files(self, name: str) -> bool:
        return name in self.by_name and bool(lost_outputs(self.by_name[name]))

    def _lacks_records(self, name: str) -> bool:
        """Whether dvc.lock names a record that is not here; DVC would not make it again by itself."""
        stage = self.by_name[name]
        return any(path in stage.locked_outputs and path.startswith(f"{RECORDS}/") for path in stage.missing_outputs)

    def _makers_for(self, needed: Sequence[str]) -> set[str]:
        """Those of `needed` whose files are not here, and the stages before them whose files are not here either."""
        makers: set[str] = set()
        waiting = list(needed)
        while waiting:
            name = waiting.pop()
            if name not in makers and self._lacks_files(name):
                makers.add(name)
                waiting += self.by_name[name].upstream
        return makers


@dataclass(frozen=True)
class Due:
    """What has to run, for whatever reason."""

    stages: set[str]
    must_exist: set[str]
    """Those that run, or are restored, because their files are not here."""
    pulled: set[str]
    """Those of `must_exist` whose files the team's remote has."""


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
                command=stage_command(
                    name, allow_missing=allow_missing, force=name in force, pull=name in chosen.pulled
                ),
                after=frozenset(stage.upstream),
                needs=needs_of(stage.resources, estimate, gpus=gpus),
                seconds=estimate.seconds if estimate else None,
            )
        )
    return tasks
