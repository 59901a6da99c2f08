"""Verb `tune`: train every value of a recipe's declared grid, judge by validation items, write the best into the file.

    recipes/<recipe>.yaml: tune --> trials in runs/.trials/ --> recipes/<recipe>.yaml: run, tuned --> ingest --> board

The same number of trials for every recipe (`harness check` sees to it), the board's own budget, no test item. A grid
of three values is tried whole: a sampler such as Optuna's earns its place where there are more combinations than
trials, and its choice of values would depend on the order of the trials.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from harness.config.grid import grid_of
from harness.config.project import Project
from harness.display.numbers import duration
from harness.errors import ConfigError
from harness.measure.device import prepare_device
from harness.runtime.quiet import quiet_libraries
from harness.tuning.estimate import outlook, plan_lines
from harness.tuning.search import CannotLearnError, Search, plan_search
from harness.tuning.table import show
from harness.tuning.trial import Job, Trial
from harness.tuning.write_back import write_tuned

ITEMS = 200
"""Standard error of an accuracy about 3.5 points: enough to tell a bad learning rate from a good one."""


def main(argv: Sequence[str]) -> int:
    """`harness tune FAMILY/RECIPE [...] | --all, --domain D [--seed 0] [--items 200] [--dry-run]`."""
    description = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="harness tune", description=description)
    parser.add_argument("recipes", nargs="*", metavar="FAMILY/RECIPE", help="as in recipes/")
    parser.add_argument("--all", action="store_true", help="every active recipe that declares a grid")
    parser.add_argument("--domain", required=True, metavar="D")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--items", type=int, default=ITEMS, metavar="N", help=f"validation items (default: {ITEMS})")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be tried, and for how long")
    options = parser.parse_intermixed_args(argv)  # recipes may stand before and after the options
    project = Project.here()
    quiet_libraries()
    searches = planned(project, options)
    if options.dry_run:
        print("\n".join(plan_lines([outlook(project, search) for search in searches])))
        return 0
    return tune(project, searches)


def planned(project: Project, options: argparse.Namespace) -> list[Search]:
    """Every search, checked before any of them begins.

    Raises:
        ConfigError, DataError: one of them cannot begin.
    """
    project.domain(options.domain)
    if options.items < 1:
        raise ConfigError(f"{options.items} items", where="--items", expected="a positive number")
    if not 0 <= options.seed < 2**32:
        raise ConfigError(f"the seed is {options.seed}", where="--seed", expected="0 to 4294967295")
    device = prepare_device(project.params.precision)
    searches = []
    for recipe_id in chosen_recipes(project, options.recipes, every=options.all):
        try:
            search = plan_search(
                project,
                recipe_id,
                domain=options.domain,
                seed=options.seed,
                items=options.items,
                device=device,
            )
        except CannotLearnError as error:
            if not options.all:
                raise
            print(f"{recipe_id}: left out ({error.what})")
        else:
            searches.append(search)
    return searches


def chosen_recipes(project: Project, named: Sequence[str], *, every: bool) -> list[str]:
    """The recipes to tune, each once.

    Raises:
        ConfigError: none is named and `--all` is not given, or both.
    """
    if every == bool(named):
        raise ConfigError("name recipes, or give --all", where="harness tune", hint="harness tune peft/lora --domain D")
    if named:
        return list(dict.fromkeys(named))
    active = [f"{family}/{name}" for family, names in project.params.recipes.items() for name in names]
    return [recipe_id for recipe_id in active if grid_of(project.recipe(recipe_id))]


def tune(project: Project, searches: Sequence[Search]) -> int:
    """Run them one by one; each is written down before the next begins. 1 if one came to nothing."""
    fruitless = 0
    for search in searches:
        trials = search.run(tell)
        tuned = search.outcome(trials, on=datetime.now(UTC).date())
        show(search, trials, tuned)
        if tuned is None:
            fruitless += 1
            continue
        path = project.root / "recipes" / f"{search.recipe.id}.yaml"
        changed = write_tuned(path, tuned)
        again = "; `run` changed, so `dvc repro` will train it again" if changed else ", as it was"
        print(f"wrote {search.grid.parameter} {tuned.chosen:g} into recipes/{search.recipe.id}.yaml{again}", flush=True)
    return 1 if fruitless else 0


def tell(job: Job, trial: Trial, done_before: bool) -> None:
    """One line for the log."""
    tried = trial.tried
    result = f"failed: {tried.failed}" if tried.failed else f"validation {trial.metric} {tried.validation_score:.4f}"
    when = "done before" if done_before else f"in {duration(tried.seconds)}"
    print(f"{job.key.recipe_id} with {tried.value:g}: {result} ({when})", flush=True)
