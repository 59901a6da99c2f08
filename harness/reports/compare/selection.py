"""From a name that a user typed, a recipe or a run, to the runs and suites that it stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.errors import DataError, did_you_mean
from harness.reports.board.runs import Group, Record, Signature, agrees


@dataclass(frozen=True)
class Selection:
    """The runs of one recipe on one domain by one protocol, or one of them."""

    name: str
    """As it was asked for: `peft/lora`, or `peft/lora-hs_products-0`."""
    domain: str
    seeds: tuple[int, ...]
    failed: tuple[str, ...]
    """`seed 1: out of memory`: seeds that are not among these runs."""
    suites: Mapping[str, list[Record]]
    """Suite -> rows of the table `suites`, one per run."""
    signature: Signature

    def records(self, suite: str) -> list[Record]:
        """Those of a suite.

        Raises:
            DataError: it was not asked; unknown names get a suggestion.
        """
        if suite not in self.suites:
            raise DataError(
                f'{self.name} was not asked the suite "{suite}" on {self.domain}', hint=did_you_mean(suite, self.suites)
            )
        return self.suites[suite]


def selections_of(groups: Sequence[Group], name: str) -> list[Selection]:
    """All that a name stands for: one per domain, several where the seeds differ in protocol.

    Raises:
        DataError: no such recipe or run, or it failed.
    """
    found = [side for group in groups if (side := _selection(group, name))]
    if found:
        return found
    failed = [run for group in groups for run in group.failed if name in (group.recipe_id, run["run_id"])]
    if failed:
        raise DataError(
            f"{name} failed: {failed[0]['reason']}", hint="harness query \"FROM runs WHERE status = 'failed'\""
        )
    known = {group.recipe_id for group in groups}
    if "-" in name:
        known |= {run["run_id"] for group in groups for run in [*group.runs, *group.failed]}
    raise DataError(f'no recipe or run "{name}" in the store', hint=did_you_mean(name, known))


def in_domain(sides: Sequence[Selection], domain: str | None) -> list[Selection]:
    """Those on a domain; all for null.

    Raises:
        DataError: none of them is.
    """
    found = [side for side in sides if domain in (None, side.domain)]
    if not found:
        known = sorted({side.domain for side in sides})
        raise DataError(f'{sides[0].name} has no run on the domain "{domain}"', hint=did_you_mean(str(domain), known))
    return found


def pairs(first: Sequence[Selection], second: Sequence[Selection]) -> list[tuple[Selection, Selection]]:
    """By domain, those that can be compared; where seeds differ in protocol, such that agree if there are any.

    Raises:
        DataError: no domain in common.
    """
    found: dict[str, tuple[Selection, Selection]] = {}
    for left in first:
        for right in second:
            if left.domain != right.domain:
                continue
            fits = agrees(left.signature, right.signature)
            if left.domain not in found or (fits and not agrees(*(side.signature for side in found[left.domain]))):
                found[left.domain] = (left, right)
    if not found:
        domains = [", ".join(sorted({side.domain for side in sides})) for sides in (first, second)]
        raise DataError(
            f"{first[0].name} and {second[0].name} have no domain in common: {domains[0]} and {domains[1]}",
            expected="two recipes, or two runs of one domain",
        )
    return [found[domain] for domain in sorted(found)]


def _selection(group: Group, name: str) -> Selection | None:
    runs = [run for run in group.runs if name in (group.recipe_id, run["run_id"])]
    if not runs:
        return None
    ids = {run["run_id"] for run in runs}
    suites = {suite: [r for r in records if r["run_id"] in ids] for suite, records in group.asked.items()}
    failed = [f"seed {run['seed']}: {run['reason']}" for run in group.failed] if name == group.recipe_id else []
    return Selection(
        name=name,
        domain=group.domain,
        seeds=tuple(run["seed"] for run in runs),
        failed=tuple(failed),
        suites={suite: records for suite, records in suites.items() if records},
        signature=group.signature,
    )
