"""Verb `plan`: what `dvc repro --allow-missing` would run, in which order, and what it would take."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.check.problems import require_valid
from harness.config.project import Project
from harness.freshness.changes import Pipeline, StageState, require_dvc
from harness.freshness.kept import Kept
from harness.freshness.remembered import remembered
from harness.pipeline.generated_section import write_section
from harness.pipeline.history import read_history
from harness.pipeline.plan import CODE_INPUTS, FINGERPRINT, as_json, code_hashes, lost_records, plan, with_estimates

CHECKED = (*CODE_INPUTS, "data/domains", "data/sources.yaml", "dvc.yaml")
"""What `harness check` reads. While it is as it was, it is not checked again."""


def main(argv: Sequence[str]) -> int:
    """`harness plan [--json]`."""
    description = (
        "what `dvc repro --allow-missing` would run, in which order, with time, memory and money from measured history"
    )
    parser = argparse.ArgumentParser(prog="harness plan", description=description)
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    options = parser.parse_args(argv)
    project = Project.here()
    require_dvc(project.root)
    remembered(project.root, "valid", inputs=CHECKED, compute=lambda: require_valid(project))
    if write_section(project):
        print("note: dvc.yaml: brought up to date with recipes/ and params.yaml", file=sys.stderr)
    stages, kept = Pipeline(project.root).states(), Kept(project.root)
    code = code_hashes(project) if any(stage.name == FINGERPRINT for stage in stages) else {}
    history = read_history(project)
    steps = with_estimates(plan(stages, code, places=kept.places), history)
    estimates = history.notes if steps else ()  # without steps there is nothing to estimate
    history = replace(history, notes=(*estimates, *([kept.note] if kept.note else []), *_lost(stages)))
    if options.json:
        print(json.dumps(as_json(steps, history, len(stages)), indent=2))
    else:
        from harness.pipeline.plan_table import show

        params = project.params
        show(steps, history, stages=len(stages), currency=params.prices.currency, gpus=params.profile == "gpu")
    return 0


def _lost(stages: Iterable[StageState]) -> list[str]:
    lost = lost_records(stages)
    if not lost:
        return []
    more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
    hint = "restore them with git, or make them again: `dvc repro -f -s STAGE`"
    return [f"records that dvc.lock names are not here: {', '.join(lost[:3])}{more}; {hint}"]
