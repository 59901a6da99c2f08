"""`harness tune`: train every value of a recipe's grid, score it on validation items, write the best into the recipe.

    harness tune peft/lora --domain hs_products

    recipes/<recipe>.yaml: tune --> trials in runs/.trials/ --> recipes/<recipe>.yaml: run, tuned --> ingest --> board

Every recipe gets the same number of trials (`harness check` enforces it) and the board's own budget. Test items are
never read.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from harness.config.folds import first_fold
from harness.config.grid import grid_of
from harness.config.project import Project
from harness.display.numbers import duration
from harness.errors import ConfigError
from harness.measure.device import prepare_device
from harness.runtime.quiet import quiet_libraries
from harness.tuning.estimate import outlook, plan_lines
from harness.tuning.search import CannotLearnError, Search, plan_search
from harness.tuning.table import show
from harness.tuning.trial import Trial, TrialJob
from harness.tuning.write_back import write_tuned

ITEMS = 200
"""With 200 items the standard error of an accuracy is about 3.5 points: enough to notice a bad learning rate."""


def main(argv: Sequence[str]) -> int:
    """Tune the named recipes, or print what would be tried."""
    options = _parser().parse_intermixed_args(argv)  # recipes may come before and after the options
    project = Project.here()
    quiet_libraries()
    searches = planned(project, options)
    if options.dry_run:
        print("\n".join(plan_lines([outlook(project, search) for search in searches])))
        return 0
    return tune(project, searches)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="harness tune",
        description="Train every value of a recipe's declared grid, score it on validation items, "
        "and write the best value into the recipe's file.",
        epilog="example: harness tune peft/lora --domain hs_products",
    )
    parser.add_argument("recipes", nargs="*", metavar="FAMILY/RECIPE", help="as in recipes/")
    parser.add_argument("--all", action="store_true", help="every active recipe that declares a grid")
    parser.add_argument("--domain", required=True, metavar="D", help="a prepared domain; of one with folds, the first")
    parser.add_argument("--seed", type=int, default=0, help="seed of every trial (default: 0)")
    parser.add_argument("--items", type=int, default=ITEMS, metavar="N", help=f"validation items (default: {ITEMS})")
    parser.add_argument("--dry-run", action="store_true", help="only print what would be tried, and for how long")
    return parser


def planned(project: Project, options: argparse.Namespace) -> list[Search]:
    """One search per recipe. All of them are checked before the first begins.

    Raises:
        ConfigError, DataError: one of them cannot begin.
    """
    folded = project.domain(options.domain).is_split_in_folds
    domain = first_fold(project, options.domain) if folded else options.domain
    if options.items < 1:
        raise ConfigError(f"the number of items is {options.items}", where="--items", expected="1 or more")
    if not 0 <= options.seed < 2**32:
        raise ConfigError(f"the seed is {options.seed}", where="--seed", expected="0 to 4294967295")
    device = prepare_device(project.params.precision)
    searches = []
    for recipe_id in chosen_recipes(project, options.recipes, every=options.all):
        try:
            search = plan_search(
                project,
                recipe_id,
                domain=domain,
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
        ConfigError: neither recipes nor `--all` are given, or both.
    """
    if every == bool(named):
        raise ConfigError("name recipes, or give --all", where="harness tune", hint="harness tune peft/lora --domain D")
    if named:
        return list(dict.fromkeys(named))
    active = [f"{family}/{name}" for family, names in project.params.recipes.items() for name in names]
    return [recipe_id for recipe_id in active if grid_of(project.recipe(recipe_id))]


def tune(project: Project, searches: Sequence[Search]) -> int:
    """Run the searches one by one, and write each outcome before the next begins.

    Returns:
        The exit code: 1 if every trial of a search failed, else 0.
    """
    without_result = 0
    for search in searches:
        trials = search.run(print_trial)
        tuned = search.outcome(trials, on=datetime.now(UTC).date())
        show(search, trials, tuned)
        if tuned is None:
            without_result += 1
            continue
        path = project.root / "recipes" / f"{search.recipe.id}.yaml"
        changed = write_tuned(path, tuned)
        effect = "`run` changed, so `dvc repro` will train it again" if changed else "the value was there already"
        print(
            f"wrote {search.grid.parameter} {tuned.chosen:g} into recipes/{search.recipe.id}.yaml; {effect}", flush=True
        )
    return 1 if without_result else 0


def print_trial(job: TrialJob, trial: Trial, done_before: bool) -> None:
    """Print one line about a trial to the log."""
    tried = trial.tried
    result = f"failed: {tried.failed}" if tried.failed else f"validation {trial.metric} {tried.validation_score:.4f}"
    when = "done before" if done_before else f"in {duration(tried.seconds)}"
    print(f"{job.key.recipe_id} with {tried.value:g}: {result} ({when})", flush=True)
