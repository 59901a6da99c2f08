"""`harness race`: start many recipes small on a domain, drop what is clearly behind, end with a choice.

harness race --domain tickets --budget 60min
harness race --domain tickets --budget 20min --methods baseline/tfidf peft/lora lowresource/setfit
harness race --domain tickets --budget 4h --jobs 4         four trainings at a time, with Ray

Validation items decide. Results are kept in runs/.races/, so the same command goes on after a kill.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from harness.advice.race.parallel import ParallelTrainings, Settings
from harness.advice.race.race import Outcome, Scorer, race
from harness.advice.race.rungs import SMALLEST, stages
from harness.advice.race.state import RaceState
from harness.advice.race.text import outcome_text, result_line
from harness.advice.race.trainings import Trainings
from harness.advice.ranking.limits import parse_seconds
from harness.check.problems import require_valid
from harness.config.project import Project
from harness.errors import ConfigError
from harness.evidence.resampling import Resampling
from harness.measure.device import prepare_device
from harness.running.engines.placement import default_jobs
from harness.running.engines.ray_engine import started
from harness.runtime.compiler import without_compiler
from harness.runtime.quiet import quiet_libraries
from harness.verbs._jobs import add_jobs
from harness.verbs.tune import ITEMS


def main(argv: Sequence[str]) -> int:
    """Run the race and print its outcome."""
    options = _parser().parse_args(argv)
    project = Project.here()
    project.domain(options.domain)
    budget = parse_seconds(options.budget)
    _refuse_bad_numbers(options)
    require_valid(project)
    quiet_libraries()
    without_compiler()
    params = project.params
    active = [f"{family}/{name}" for family, names in params.recipes.items() for name in names]
    trainings = Trainings(
        project,
        domain=options.domain,
        seed=options.seed,
        items=options.items,
        device=prepare_device(params.precision),
    )
    recipes, left_out = trainings.starters(list(dict.fromkeys(options.methods or active)))
    if len(recipes) < 2:
        why = "; ".join(f"{name}: {reason}" for name, reason in left_out.items())
        raise ConfigError(f"{len(recipes)} recipes can start, and a race needs two", hint=why or "name more --methods")
    with _scorer(project, trainings, recipes, options) as scorer:
        outcome = race(
            recipes,
            stages(params.budget.train_examples, smallest=options.smallest),
            scorer,
            RaceState(trainings.file),
            budget=budget,
            resampling=Resampling(confidence=params.scoring.confidence, resamples=params.scoring.resamples),
            tell=lambda result, before: None if options.json else print(result_line(result, before), flush=True),
        )
    if options.json:
        print(json.dumps(as_json(outcome) | {"left_out": left_out}, indent=2))
    else:
        print(outcome_text(outcome, domain=options.domain, budget=budget, left_out=left_out))
    return 0


@contextmanager
def _scorer(
    project: Project, trainings: Trainings, recipes: Sequence[str], options: argparse.Namespace
) -> Iterator[Scorer]:
    """What measures the recipes: this process, or Ray where several may train at a time."""
    if options.address is None and options.jobs in (None, 1):
        yield trainings
        return
    with started(options.address, jobs=options.jobs) as cluster:
        settings = Settings(str(project.root), options.domain, options.seed, options.items)
        jobs = options.jobs or default_jobs(cluster.machines)
        parallel = ParallelTrainings(trainings, settings, cluster, jobs=jobs)
        parallel.require_room(recipes)
        yield parallel


def as_json(outcome: Outcome) -> dict[str, object]:
    """The outcome, results without single items."""
    results = [
        {
            "recipe": one.recipe_id,
            "examples": one.examples,
            "seconds": one.seconds,
            "value": one.value,
            "failed": one.failed,
        }
        for one in outcome.results
    ]
    return {**vars(outcome), "tied": list(outcome.tied), "results": results}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness race",
        description="Start many recipes with few examples on a domain, drop what is clearly behind on validation "
        "items, double the examples of the rest, and end with a choice. Repeat the command to go on after a kill.",
        epilog="example: harness race --domain hs_products --budget 60min --methods baseline/tfidf peft/lora sft/full",
    )
    parser.add_argument("--domain", required=True, metavar="D", help="a prepared domain")
    parser.add_argument(
        "--budget", required=True, metavar="TIME", help="of all trainings together, such as 60min or 2h"
    )
    parser.add_argument(
        "--methods", nargs="+", metavar="FAMILY/RECIPE", help="who starts (default: all recipes of params.yaml)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of every training (default: 0)")
    parser.add_argument("--items", type=int, default=ITEMS, metavar="N", help=f"validation items (default: {ITEMS})")
    parser.add_argument(
        "--smallest", type=int, default=SMALLEST, metavar="N", help=f"fewest examples of a stage (default: {SMALLEST})"
    )
    add_jobs(parser, what="trainings")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON, and nothing else")
    return parser


def _refuse_bad_numbers(options: argparse.Namespace) -> None:
    for name, least in (("items", 1), ("smallest", 1), ("seed", 0)):
        if (value := getattr(options, name)) < least:
            raise ConfigError(f"the value is {value}", where=f"--{name}", expected=f"{least} or more")
