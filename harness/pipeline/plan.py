"""What `dvc repro --allow-missing` would run, in which order, and what it would take.

changed stages --> those that depend on them --> those whose missing outputs they need --> x history --> table
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from harness.config.project import RECORDS, RUNS, Project
from harness.fingerprint.fingerprint import CODE_FOLDER, SUITES_FILE, fingerprints
from harness.freshness.changes import StageState
from harness.freshness.kept import Place
from harness.freshness.remembered import remembered
from harness.pipeline.history import Estimate, History
from harness.pipeline.needed import lacking_makers, lost_outputs, places_of

FINGERPRINT = "fingerprint"

CODE_INPUTS = ("harness", "recipes", "data/suites", "requirements.lock", "params.yaml")
"""What the stage `fingerprint` reads."""

State = Literal["runs", "may run", "restores", "pulls"]
"""`runs`: one of its own inputs changed, or a stage that runs needs its outputs and they are nowhere.
`may run`: a stage before it runs, and DVC skips this one if that stage's outputs stay the same.
`restores`: a stage that runs needs its outputs, which are not here, and DVC's cache has them.
`pulls`: the same, but the team's remote has them.

A stage whose outputs are missing but not needed is up to date: its record is the evidence."""


@dataclass(frozen=True)
class Step:
    """One stage that is not up to date."""

    stage: str
    state: State
    reason: str
    resources: Mapping[str, Any]
    estimate: Estimate | None = None


def code_hashes(project: Project) -> dict[str, str]:
    """Path of each fingerprint -> the md5 that it would have now, computed without running the stage `fingerprint`."""
    return remembered(project.root, "code", inputs=CODE_INPUTS, compute=lambda: _code_hashes(project))


def _code_hashes(project: Project) -> dict[str, str]:
    return {
        f"{CODE_FOLDER}/{name}": hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()
        for name, text in fingerprints(project).items()
    }


def plan(
    stages: Sequence[StageState],
    code: Mapping[str, str],
    *,
    places: Callable[[Iterable[str]], Mapping[str, Place]],
) -> list[Step]:
    """The stages that `dvc repro --allow-missing` would not skip, and those whose outputs they need, in order.

    `code` holds the future md5 of each fingerprint, as `code_hashes` gives it. `places` tells where outputs with these
    md5s are, as `Kept.places` does.
    """
    known = {stage.name: foreseen(stage, code) for stage in stages}
    needed: dict[str, Step] = {}
    while True:
        steps = _forward(known.values(), needed)
        working = [name for name, step in steps.items() if step.state in ("runs", "may run")]
        lacking = {
            maker: user
            for maker, user in lacking_makers({stage.name: stage for stage in stages}, working).items()
            if maker not in steps
        }
        if not lacking:
            return list(steps.values())
        where = places_of([known[name] for name in lacking], places)
        for name, user in lacking.items():
            needed[name] = _needed_step(known[name], user, where[name])


def _forward(stages: Iterable[StageState], needed: Mapping[str, Step]) -> dict[str, Step]:
    """The steps by stage, as far as they follow from changes and from what is needed."""
    steps: dict[str, Step] = {}
    states: dict[str, State] = {}
    for stage in stages:
        if step := needed.get(stage.name) or _step(stage, states):
            steps[stage.name], states[stage.name] = step, step.state
    return steps


def _needed_step(stage: StageState, user: str, place: Place | None) -> Step:
    output = lost_outputs(stage)[0]
    is_weights = output.startswith(f"{RUNS}/") and not output.startswith(CODE_FOLDER)
    what = f"{user} needs {'its weights' if is_weights else output}"
    if place is None:
        again = ", so it trains again" if is_weights else ""
        return Step(
            stage.name, "runs", f"{what}, which {'are' if is_weights else 'is'} not here{again}", stage.resources
        )
    return Step(stage.name, "pulls" if place == "remote" else "restores", what, stage.resources)


def lost_records(stages: Iterable[StageState]) -> list[str]:
    """Stages that ran and whose records are not here: git lost them, and no stage makes them again by itself."""
    return [
        stage.name
        for stage in stages
        if any(path in stage.locked_outputs and path.startswith(f"{RECORDS}/") for path in stage.missing_outputs)
    ]


def foreseen(stage: StageState, code: Mapping[str, str]) -> StageState:
    """The stage after a comparison of its fingerprints, so that it no longer waits for the stage `fingerprint`."""
    known = {path for path in stage.locked_inputs if path in code}
    new = {path for path in stage.stale_inputs if path in code} - known
    if not known and not new:
        return stage
    changed = {path: "modified" for path in sorted(known) if stage.locked_inputs[path] != code[path]}
    changed |= dict.fromkeys(sorted(new), "new")
    return replace(
        stage,
        upstream=tuple(name for name in stage.upstream if name != FINGERPRINT),
        changed_inputs={**stage.changed_inputs, **changed},
        stale_inputs={path: what for path, what in stage.stale_inputs.items() if path not in code},
    )


def _step(stage: StageState, states: Mapping[str, State]) -> Step | None:
    own = own_reasons(stage)
    if stage.stale_inputs and not any(name in states for name in stage.upstream):
        own.append(_listed("", stage.stale_inputs))  # other files lie in a folder that stages fill
    waits_for = [name for name in stage.upstream if states.get(name) in ("runs", "may run")]
    if own:
        return Step(stage.name, "runs", "; ".join(own), stage.resources)
    if stage.changed_outputs:
        return Step(stage.name, "runs", _listed("output", stage.changed_outputs), stage.resources)
    if waits_for:
        more = f" and {len(waits_for) - 1} more" if len(waits_for) > 1 else ""
        return Step(stage.name, "may run", f"after {waits_for[0]}{more}", stage.resources)
    return None


def own_reasons(stage: StageState) -> list[str]:
    """Why the stage runs again, whatever other stages do; empty if nothing of its own changed."""
    if stage.never_ran:
        return ["never ran"]
    reasons = ["command changed"] if stage.command_changed else []
    code = [path for path in stage.changed_inputs if path.startswith(f"{CODE_FOLDER}/")]
    suites = f"{CODE_FOLDER}/{SUITES_FILE}"
    if suites in code:
        reasons.append("suites changed")
    if any(path != suites for path in code):
        reasons.append("code changed")
    others = {path: what for path, what in stage.changed_inputs.items() if path not in code}
    return [*reasons, _listed("", others)] if others else reasons


def _listed(kind: str, changes: Mapping[str, str]) -> str:
    """`output runs/x: deleted`; at most two changes are named."""
    parts = [f"{path}: {what}" for path, what in changes.items()]
    more = f" and {len(parts) - 2} more" if len(parts) > 2 else ""
    return f"{kind} {', '.join(parts[:2])}{more}".strip()


def with_estimates(steps: Iterable[Step], history: History) -> list[Step]:
    """Each step with the estimate from its history, if there is one. To restore or pull takes no computing."""
    return [
        step if step.state in ("restores", "pulls") else replace(step, estimate=history.estimates.get(step.stage))
        for step in steps
    ]


@dataclass(frozen=True)
class Totals:
    """Sums over those of some steps that have a history."""

    seconds: float
    money: float
    peak_memory_mb: float | None
    with_history: int
    to_run: int
    """Number of the steps, with or without a history."""


def totals(steps: Iterable[Step], *states: State) -> Totals:
    """Sums over the steps in these states: `runs` for what is certain, and `may run` too for an upper limit."""
    to_run = [step for step in steps if step.state in states]
    known = [step.estimate for step in to_run if step.estimate and step.estimate.seconds is not None]
    peaks = [estimate.memory_mb for estimate in known if estimate.memory_mb is not None]
    return Totals(
        seconds=sum(estimate.seconds or 0 for estimate in known),
        money=sum(estimate.money or 0 for estimate in known),
        peak_memory_mb=max(peaks, default=None),
        with_history=len(known),
        to_run=len(to_run),
    )


def as_json(steps: Sequence[Step], history: History, stages: int) -> dict[str, Any]:
    """`{"stages": [...], "totals": {...}, "totals_at_most": {...}, "up_to_date": n, "notes": [...]}`.

    `totals` covers the stages that run, `totals_at_most` also those that may run.
    """
    return {
        "stages": [asdict(step) for step in steps],
        "totals": asdict(totals(steps, "runs")),
        "totals_at_most": asdict(totals(steps, "runs", "may run")),
        "up_to_date": stages - len(steps),
        "notes": list(history.notes),
    }
