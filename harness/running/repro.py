"""`harness repro`: bring stages and own rows up to date, one after another or several at a time.

dvc.yaml, dvc.lock --> first round --> second round --> own rows
                    (data, bases)   (train, score)     (runs/own)
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from harness.config.curve_key import active_curves
from harness.config.project import Project, RunKey
from harness.freshness import changes as freshness
from harness.freshness.kept import Kept
from harness.own.inputs import code_of, is_scored
from harness.own.own_project import OwnProject
from harness.pipeline.generated_section import write_section
from harness.pipeline.history import Estimate, read_history
from harness.pipeline.plan import FINGERPRINT, code_hashes
from harness.pipeline.run_groups import score_stage, train_stages
from harness.running.around_dvc.lock_file import drop_copy, keep_copy, repair
from harness.running.engines.in_order import Batch, log_of, repro_command, run_in_order, single
from harness.running.engines.placement import core_share, default_jobs, refuse_impossible
from harness.running.engines.ray_engine import Cluster, run_with_ray, started
from harness.running.live import LiveView
from harness.running.processes.session import Session
from harness.running.tasks.own_rows import own_tasks, stages_for
from harness.running.tasks.rounds import Pipeline, Round, tasks_of
from harness.running.tasks.schedule import Schedule
from harness.running.tasks.targets import Selection, select
from harness.running.tasks.task import Task

__all__ = ["Order", "Outcome", "repro"]
ROUNDS = 4
"""More rounds than this are never needed: data, then training, and one each for inputs that were found missing."""


@dataclass(frozen=True)
class Order:
    """What the user asked for."""

    targets: Sequence[str] = ()
    domains: Sequence[str] = ()
    seeds: Sequence[int] = ()
    jobs: int | None = None
    """Tasks at a time; null: one on this machine, or as many as the cluster has machines or GPUs."""
    address: str | None = None
    """A running Ray cluster; null: this machine."""
    force: bool = False
    """Run the named stages even if they are up to date; their published records are replaced."""
    live: bool = False
    """Draw the live table also where the output is no terminal."""
    own: Sequence[RunKey] = ()
    """Further runs to measure into runs/own."""
    stages: Sequence[str] | None = None
    """Run these stages and what they need, whatever the targets are; null: the targets decide."""


@dataclass
class Outcome:
    """What was done."""

    ran: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    own: list[RunKey] = field(default_factory=list)
    """Runs in runs/own that were asked for."""
    notes: list[str] = field(default_factory=list)


def repro(project: Project, order: Order) -> Outcome:
    """Run what the order asks for and is not up to date.

    Raises:
        ConfigError: an unknown target, or a stage that asks for more than any machine has; before anything runs.
        HarnessError: Ray is missing or does not start, or DVC cannot read the pipeline.
        KeyboardInterrupt: everything was stopped, and dvc.lock is whole.
    """
    outcome = Outcome()
    with ExitStack() as stack:
        freshness.require_dvc(project.root)
        runner = _Runner(project, order, stack.enter_context(Session.begin(project.root)))
        if note := repair(project.root):
            outcome.notes.append(note)
        if write_section(project):
            outcome.notes.append("dvc.yaml: brought up to date with recipes/ and params.yaml")
        pipeline = runner.pipeline()
        selection = _selection(project, order, pipeline)
        outcome.own = list(dict.fromkeys([*selection.own, *order.own]))
        runner.start_cluster(stack, pipeline, selection, outcome.own)
        keep_copy(project.root)
        runner.run_stages(pipeline, selection, outcome)
        runner.run_own(pipeline, outcome)
    drop_copy(project.root)
    return outcome


def _selection(project: Project, order: Order, pipeline: Pipeline) -> Selection:
    if order.stages is not None:
        return Selection(tuple(order.stages))
    known = [stage.name for stage in pipeline.stages]
    return select(project, order.targets, domains=order.domains, seeds=order.seeds, known=known)


class _Runner:
    """One `harness repro`: the project, what was asked for, and how tasks are run."""

    def __init__(self, project: Project, order: Order, session: Session) -> None:
        self.project, self.order, self.session = project, order, session
        self.estimates: dict[str, Estimate] = dict(read_history(project).estimates)
        self.cluster: Cluster | None = None
        self.jobs, self.share = 1, 1
        self.gpus = project.params.profile == "gpu"

    def pipeline(self) -> Pipeline:
        """The stages as they are now."""
        stages = freshness.Pipeline(self.project.root).states()
        trained = train_stages(self.project).values()
        runs = {*trained, *map(score_stage, trained), *(curve.stage for curve in active_curves(self.project))}
        code = code_hashes(self.project) if any(stage.name == FINGERPRINT for stage in stages) else {}
        return Pipeline(stages, code, Kept(self.project.root).places, frozenset(runs))

    def start_cluster(self, stack: ExitStack, pipeline: Pipeline, selection: Selection, own: Sequence[RunKey]) -> None:
        """Start Ray if more than one task may run at a time, and refuse tasks that no machine can run."""
        if self.order.address is None and (self.order.jobs or 1) == 1:
            return
        self.cluster = stack.enter_context(started(self.order.address, jobs=self.order.jobs))
        machines = self.cluster.machines
        self.jobs = self.order.jobs or default_jobs(machines)
        self.share = core_share(machines, self.jobs)
        self.gpus = self.gpus or any(machine.gpus for machine in machines)
        needed = stages_for(self.project, own, pipeline)
        due = pipeline.due(selection.stages, needed=needed, force=self.order.force)
        possible = tasks_of(pipeline, Round(tuple(due.stages)), self.estimates, gpus=self.gpus)
        tasks = [*possible, *own_tasks(self.project, own, self.estimates, gpus=self.gpus)]
        refuse_impossible(tasks, machines, share=self.share)

    def run_stages(self, pipeline: Pipeline, selection: Selection, outcome: Outcome) -> None:
        """Round after round until nothing is left to run."""
        needed = stages_for(self.project, outcome.own, pipeline)
        force, done = self.order.force, frozenset[str]()
        for _ in range(ROUNDS):
            chosen = pipeline.round(selection.stages, needed=needed, force=force)
            if chosen is None or set(chosen.stages) <= done:
                return
            forced = selection.stages or () if force else ()
            tasks = tasks_of(pipeline, chosen, self.estimates, gpus=self.gpus, force=forced)
            if self.cluster is None and not forced:
                batches = self._batches(chosen, selection)
            else:
                batches = list(map(single, tasks))
            self._run(tasks, batches, outcome)
            if not chosen.before_runs or outcome.failed:
                return
            done |= frozenset(chosen.stages)
            pipeline = self.pipeline()

    def _batches(self, chosen: Round, selection: Selection) -> list[Batch]:
        """One `dvc repro` for the round, after one for the stages whose files are missing."""
        if chosen.before_runs:
            return [Batch(repro_command(chosen.stages, allow_missing=False, pull=bool(chosen.pulled)))]
        makers = [name for name in chosen.stages if name in chosen.must_exist]
        first = [Batch(repro_command(makers, allow_missing=False, pull=bool(chosen.pulled)))] if makers else []
        targets = selection.stages if selection.stages is not None else ()
        if selection.stages == ():
            return first
        return [*first, Batch(repro_command(targets, allow_missing=True))]

    def run_own(self, pipeline: Pipeline, outcome: Outcome) -> None:
        """Train and score the own runs; their inputs are on disk by now, unless a stage that makes them failed."""
        own, code = OwnProject(self.project.root), code_of(self.project, outcome.own)
        missing = [run for run in outcome.own if not is_scored(own, run, code)]
        tasks = own_tasks(self.project, missing, self.estimates, gpus=self.gpus)
        inputs = pipeline.behind(stages_for(self.project, outcome.own, pipeline))
        if tasks and not inputs & {*outcome.failed, *outcome.skipped}:
            self._run(tasks, list(map(single, tasks)), outcome)

    def _run(self, tasks: Sequence[Task], batches: Sequence[Batch], outcome: Outcome) -> None:
        schedule = Schedule(tasks)
        log = partial(log_of, self.session, schedule)
        with LiveView(schedule, jobs=self.jobs, log_of=log, redraw=self.order.live, clock=time.monotonic) as view:
            if self.cluster is None:
                run_in_order(schedule, batches, self.session, view)
            else:
                run_with_ray(schedule, self.cluster, self.session, view, jobs=self.jobs, share=self.share)
        outcome.ran += schedule.names("done")
        outcome.failed += schedule.names("failed")
        outcome.skipped += schedule.names("skipped")
