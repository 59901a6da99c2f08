"""The runs that a run starts from, their parents included, and what training all of them cost."""

from __future__ import annotations

import math
from collections.abc import Callable

from harness.config.params import Prices
from harness.records.raters import RATERS
from harness.records.run_record import RunRecord
from harness.store.money import training_usd


def ancestors(run: RunRecord, read: Callable[[str], RunRecord | None]) -> list[RunRecord] | None:
    """Every run that `run` starts from, directly or through its parents, each once, by id.

    Runs that only rated a policy's answers are left out: nothing was learnt from them.

    `read` gives the training record of a run id, or null if there is none; then the whole answer is null.
    """
    found: dict[str, RunRecord] = {}
    waiting = _learnt_from(run)
    while waiting:
        run_id = waiting.pop()
        if run_id in found or run_id == run.run_id:
            continue
        record = read(run_id)
        if record is None:
            return None
        found[run_id] = record
        waiting += _learnt_from(record)
    return [found[run_id] for run_id in sorted(found)]


def _learnt_from(run: RunRecord) -> list[str]:
    return [parent for role, parent in run.parents.items() if role not in RATERS]


def cost_with_parents(run: RunRecord, older: list[RunRecord] | None, *, prices: Prices) -> dict[str, float | None]:
    """Columns of the table `runs`: training of `run` and of all its ancestors together.

    `parents_alike`: whether all ancestors were trained on the run's kind of machine, none while it was busy.

    All are null where an ancestor's record is missing, energy also where a run did not measure it.

    Raises:
        ConfigError: a GPU is not in the price table.
    """
    names = ("train_seconds_with_parents", "train_usd_with_parents", "train_energy_wh_with_parents", "parents_alike")
    if older is None:
        return dict.fromkeys(names)
    runs = [run, *older]
    energy = [one.cost.energy_wh for one in runs]
    return {
        "train_seconds_with_parents": math.fsum(one.cost.seconds for one in runs),
        "train_usd_with_parents": math.fsum(training_usd(one, prices) for one in runs),
        "parents_alike": all(
            one.provenance.measured_on == run.provenance.measured_on and not one.cost.busy for one in older
        ),
        "train_energy_wh_with_parents": None if None in energy else math.fsum(e for e in energy if e is not None),
    }
