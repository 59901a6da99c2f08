"""Verb `plan`: what `dvc repro` would run, in which order, and what it would take."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from harness.check.problems import require_valid
from harness.config.project import Project
from harness.pipeline.dvc_stages import read_stages
from harness.pipeline.generated_section import write_section
from harness.pipeline.history import read_history
from harness.pipeline.plan import FINGERPRINT, as_json, code_hashes, plan, with_estimates


def main(argv: Sequence[str]) -> int:
    """`harness plan [--json]`."""
    description = "what `dvc repro` would run, in which order, with time, memory and money from measured history"
    parser = argparse.ArgumentParser(prog="harness plan", description=description)
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    options = parser.parse_args(argv)
    project = Project.here()
    require_valid(project)
    if write_section(project):
        print("note: dvc.yaml: brought up to date with recipes/ and params.yaml", file=sys.stderr)
    stages = read_stages(project.root)
    code = code_hashes(project) if any(stage.name == FINGERPRINT for stage in stages) else {}
    history = read_history(project)
    steps = with_estimates(plan(stages, code), history)
    if options.json:
        print(json.dumps(as_json(steps, history, len(stages)), indent=2))
    else:
        from harness.pipeline.plan_table import show

        params = project.params
        show(steps, history, stages=len(stages), currency=params.prices.currency, gpus=params.profile == "gpu")
    return 0
