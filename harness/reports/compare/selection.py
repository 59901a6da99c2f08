"""From a name that a user typed to the runs and suites that it stands for.

A name is a recipe (`peft/lora`), a recipe with the domains that it was trained on (`continual/naive-a+b`), or a run
(`peft/lora-hs_products-0`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.errors import DataError, did_you_mean, similar
from harness.reports.board.measured.groups import Group, Record, Signature, agrees


@dataclass(frozen=True)
class Selection:
    """The runs of one row of the board, or one of these runs."""

    name: str
    """The name that the user typed."""
    domain: str
    """The domain whose questions were asked."""
    domains: tuple[str, ...]
    """The domains that the runs were trained on."""
    seeds: tuple[int, ...]
    runs: frozenset[str]
    """Ids of the runs."""
    failed: tuple[str, ...]
    """`seed 1: out of memory`: seeds that failed and are not among these runs."""
    suites: Mapping[str, list[Record]]
    """Suite -> rows of the table `suites`, one per run."""
    signature: Signature

    def run_ids(self, suite: str) -> list[str]:
        """The runs that were scored on one suite.

        Raises:
            DataError: as `records`.
        """
        return [record["run_id"] for record in self.records(suite)]

    def records(self, suite: str) -> list[Record]:
        """The records of one suite.

        Raises:
            DataError: the runs were not scored on it; the message lists the suites and suggests a similar name.
        """
        if suite not in self.suites:
            raise DataError(
                f'{self.name} was not scored on the suite "{suite}" on {self.domain}',
                expected=f"one of {', '.join(self.suites)}",
                hint=similar(suite, self.suites),
            )
        return self.suites[suite]


def selections_of(groups: Sequence[Group], name: str) -> list[Selection]:
    """All selections that a name stands for: one per domain, several where the seeds differ in protocol.

    On each domain a recipe's name stands for the runs trained on nothing but this domain, if there are any; else for
    all runs that were asked about it.

    Raises:
        DataError: no such recipe or run, or it failed.
    """
    found = [side for group in groups if (side := _selection(group, name))]
    if found:
        alone = {side.domain for side in found if side.domains == (side.domain,)}
        return [side for side in found if side.domain not in alone or side.domains == (side.domain,)]
    failed = [run for group in groups for run in group.failed if name in _names(group, run)]
    if failed:
        raise DataError(
            f"{name} failed: {failed[0]['reason']}", hint="harness query \"FROM runs WHERE status = 'failed'\""
        )
    known = {group.recipe_id for group in groups}
    if "-" in name:
        known |= {other for group in groups for run in [*group.runs, *group.failed] for other in _names(group, run)}
    raise DataError(f'no recipe or run "{name}" in the store', hint=did_you_mean(name, known))


def in_domain(sides: Sequence[Selection], domain: str | None) -> list[Selection]:
    """The selections on a domain; all of them for null.

    Raises:
        DataError: none of them is on that domain.
    """
    found = [side for side in sides if domain in (None, side.domain)]
    if not found:
        known = sorted({side.domain for side in sides})
        raise DataError(f'{sides[0].name} has no run on the domain "{domain}"', hint=did_you_mean(str(domain), known))
    return found


def pairs(first: Sequence[Selection], second: Sequence[Selection]) -> list[tuple[Selection, Selection]]:
    """One pair for each domain that both have. Where seeds differ in protocol, a pair that agrees is preferred.

    Raises:
        DataError: no domain in common, both names stand for the same run, or one name stands for runs with different
            training domains.
    """
    common = sorted({side.domain for side in first} & {side.domain for side in second})
    if not common:
        domains = [", ".join(sorted({side.domain for side in sides})) for sides in (first, second)]
        raise DataError(
            f"{first[0].name} and {second[0].name} have no domain in common: {domains[0]} and {domains[1]}",
            expected="two recipes, or two runs of one domain",
        )
    found = [_pair(_on(first, domain), _on(second, domain)) for domain in common]
    for left, right in found:
        _refuse_same_run(left, right)
    return found


def _refuse_same_run(first: Selection, second: Selection) -> None:
    """A run does not differ from itself: an interval would only show the noise of resampling its seeds."""
    shared = ", ".join(sorted(first.runs & second.runs))
    if not shared:
        return
    if first.runs == second.runs:
        what = f"{first.name} and {second.name} are the same runs ({shared}), so they do not differ"
    else:
        what = f"{first.name} and {second.name} both contain {shared}, which does not differ from itself"
    raise DataError(what, expected="two recipes or runs that have no run in common")


def _on(sides: Sequence[Selection], domain: str) -> list[Selection]:
    """The selections on one domain, which must have been trained on the same domains."""
    found = [side for side in sides if side.domain == domain]
    learnt = sorted({"+".join(side.domains) for side in found})
    if len(learnt) > 1:
        raise DataError(
            f"{found[0].name} stands for runs trained on different domains: {', '.join(learnt)}",
            hint=f"name one of them, such as {found[0].name}-{learnt[0]}",
        )
    return found


def _pair(first: Sequence[Selection], second: Sequence[Selection]) -> tuple[Selection, Selection]:
    found = [(left, right) for left in first for right in second]
    return next((pair for pair in found if agrees(pair[0].signature, pair[1].signature)), found[0])


def _selection(group: Group, name: str) -> Selection | None:
    runs = [run for run in group.runs if name in _names(group, run)]
    if not runs:
        return None
    ids = {run["run_id"] for run in runs}
    suites = {suite: [r for r in records if r["run_id"] in ids] for suite, records in group.asked.items()}
    is_run = name in ids
    return Selection(
        name=name,
        domain=group.domain,
        domains=group.domains,
        seeds=tuple(run["seed"] for run in runs),
        runs=frozenset(ids),
        failed=() if is_run else tuple(f"seed {run['seed']}: {run['reason']}" for run in group.failed),
        suites={suite: records for suite, records in suites.items() if records},
        signature=group.signature,
    )


def _names(group: Group, run: Record) -> tuple[str, str, str]:
    """Every name that stands for a run: its recipe, its recipe and domains, its own id."""
    return group.recipe_id, f"{group.recipe_id}-{'+'.join(group.domains)}", run["run_id"]
