"""What `dvc repro` would run, in which order, and what it would take.

dvc status + graph --> changed stages --> those that depend on them --> x history --> table
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from harness.config.project import Project
from harness.fingerprint.fingerprint import CODE_FOLDER, SUITES_FILE, fingerprints
from harness.pipeline.dvc_stages import StageState
from harness.pipeline.history import Estimate, History

FINGERPRINT = "fingerprint"

State = Literal["runs", "may run", "restores"]
"""`runs`: one of its own inputs changed. `may run`: a stage before it runs, and DVC skips this one if that stage's
outputs stay the same. `restores`: its outputs are missing, and DVC's cache has them."""


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
    return {
        f"{CODE_FOLDER}/{name}": hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()
        for name, text in fingerprints(project).items()
    }


def plan(stages: Iterable[StageState], code: Mapping[str, str]) -> list[Step]:
    """The stages that are not up to date, in the given order, which must be that of `dvc repro`.

    `code` holds the future md5 of each fingerprint, as `code_hashes` gives it.
    """
    states: dict[str, State] = {}
    steps = []
    for stage in stages:
        step = _step(_foreseen(stage, code), states)
        if step:
            states[stage.name] = step.state
            steps.append(step)
    return steps


def _foreseen(stage: StageState, code: Mapping[str, str]) -> StageState:
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
    own = _own_reasons(stage)
    if stage.stale_inputs and not any(name in states for name in stage.upstream):
        own.append(_listed("", stage.stale_inputs))  # other files lie in a folder that stages fill
    waits_for = [name for name in stage.upstream if states.get(name) in ("runs", "may run")]
    if own:
        return Step(stage.name, "runs", "; ".join(own), stage.resources)
    if stage.changed_outputs and not stage.outputs_in_cache:
        return Step(stage.name, "runs", _listed("output", stage.changed_outputs), stage.resources)
    if waits_for:
        more = f" and {len(waits_for) - 1} more" if len(waits_for) > 1 else ""
        return Step(stage.name, "may run", f"after {waits_for[0]}{more}", stage.resources)
    if stage.changed_outputs:
        return Step(stage.name, "restores", _listed("output", stage.changed_outputs), stage.resources)
    return None


def _own_reasons(stage: StageState) -> list[str]:
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
    """Each step with the estimate from its history, if there is one. Restored steps take almost no time."""
    return [
        step if step.state == "restores" else replace(step, estimate=history.estimates.get(step.stage))
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
