"""Verb `repro`: run what is missing or stale, one stage after another or several at a time.

harness repro                                                            everything that params.yaml asks for
harness repro peft/lora peft/dora --domain tickets --seed 0 --seed 1    just these four runs
harness repro --starter                                                  first rows of one's own, then the board
harness repro --jobs 4                                                   four stages at a time, with Ray
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from harness.check.problems import require_valid
from harness.config.project import Project
from harness.errors import ConfigError
from harness.running.around_dvc.push import push
from harness.running.processes.session import FOLDER
from harness.running.repro import Order, Outcome, repro
from harness.running.starter import agreements, starter_order
from harness.runtime.trackers import VARIABLE, require_trackers
from harness.verbs import leaderboard
from harness.verbs._jobs import add_jobs
from harness.verbs._report_to import add_report_to
from harness.verify.terminal import summary


def main(argv: Sequence[str]) -> int:
    """`harness repro [TARGETS]`."""
    options = _parser().parse_args(argv)
    project = Project.here()
    require_valid(project)
    if options.report_to:
        require_trackers(options.report_to)
        os.environ[VARIABLE] = ",".join(options.report_to)  # for the trainings that DVC and Ray start
    if options.starter:
        _refuse_with_starter(options)
        return _starter(project, starter_order(project, jobs=options.jobs, address=options.address, live=options.live))
    if options.force and not options.targets:
        raise ConfigError("--force without a target would train everything again", hint="name recipes or stages")
    order = Order(
        targets=options.targets,
        domains=options.domain,
        seeds=options.seed,
        jobs=options.jobs,
        address=options.address,
        force=options.force,
        live=options.live,
    )
    outcome = repro(project, order)
    code = report(outcome)
    if options.push:
        print(f"pushed {_counted(push(project.root, outcome.ran))}")
    return code


def _refuse_with_starter(options: argparse.Namespace) -> None:
    if options.targets or options.domain or options.seed or options.force:
        raise ConfigError(
            "--starter goes without targets, --domain, --seed and --force", hint="edit `starter:` in params.yaml"
        )


def _starter(project: Project, order: Order) -> int:
    """Run the starter rows, print the board, and how well this machine agrees with the published records."""
    code = report(repro(project, order))
    leaderboard.main([])
    found = agreements(project, order.own)
    for one in found:
        print(f"{one.run_id}: {one.in_words}")
    print(summary(found) if found else "nothing to compare: no starter row has been published yet")
    return code


def report(outcome: Outcome) -> int:
    """Print what was done; 1 if something failed."""
    for note in outcome.notes:
        print(f"note: {note}")
    if not outcome.ran and not outcome.failed:
        print("nothing to do: everything asked for is up to date")
    else:
        print(f"ran {_counted(len(outcome.ran))}")
    for name in outcome.failed:
        print(f"FAILED: {name}", file=sys.stderr)
    if outcome.skipped:
        print(f"skipped, because what they depend on failed: {', '.join(outcome.skipped)}", file=sys.stderr)
    if outcome.failed:
        print(f"  hint: the logs are in {FOLDER}; `harness repro` repeats only what failed", file=sys.stderr)
    return 1 if outcome.failed else 0


def _counted(number: int) -> str:
    return f"{number} stage" if number == 1 else f"{number} stages"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness repro",
        description="Run what is missing or stale. A failed stage skips only what depends on it; Ctrl-C stops safely.",
        epilog="example: harness repro peft/lora peft/dora --domain tickets --seed 0 --seed 1",
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="recipes (peft/lora), stages or stage groups")
    parser.add_argument(
        "--domain", action="append", default=[], metavar="D", help="only on this domain; may be repeated"
    )
    parser.add_argument(
        "--seed",
        action="append",
        default=[],
        type=int,
        metavar="N",
        help="with this seed, listed in params.yaml or not; may be repeated",
    )
    add_jobs(parser, what="stages")
    add_report_to(parser)
    parser.add_argument(
        "--starter", action="store_true", help="measure the rows in `starter:` of params.yaml here, and show the board"
    )
    parser.add_argument(
        "--push", action="store_true", help="send what was made to DVC's remote, for clones on other machines"
    )
    parser.add_argument(
        "--force", action="store_true", help="run the targets even if they are up to date, and replace their records"
    )
    parser.add_argument(
        "--live", action="store_true", help="draw the table of what runs also where the output is no terminal"
    )
    return parser
