"""Cross-validation: a domain with `splits: {folds: 5}` is prepared and learnt as five domains, its folds.

    data/domains/tickets.yaml --copies--> data/domains/tickets_fold1.yaml ... tickets_fold5.yaml --> five runs
                                                                            one row of tickets <-- harness ingest

DVC and training see ordinary domains. Whatever compares domains must know which of them are folds of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.config.project import Project, RunKey


def fold_name(domain: str, fold: int) -> str:
    """`tickets_fold1`."""
    return f"{domain}_fold{fold}"


def folds_of(project: Project, domain: str) -> list[str]:
    """The folds of a domain, in their order; empty for a domain without folds."""
    return [name for name, base in project.bases_of_folds.items() if base == domain]


def with_folds(project: Project, domains: Iterable[str]) -> list[str]:
    """The domains, each that is split in folds replaced by its folds."""
    return [name for domain in domains for name in folds_of(project, domain) or [domain]]


def pooled_run(project: Project, key: RunKey) -> RunKey | None:
    """The run that stands on the board for the run of a fold: `peft/lora-tickets-0` for `peft/lora-tickets_fold2-0`.

    Null for other runs, and for those that learn a fold together with another domain.
    """
    base = project.bases_of_folds.get(key.domains[0]) if len(key.domains) == 1 else None
    return RunKey(key.family, key.recipe, (base,), key.seed) if base else None


def fold_runs(project: Project, key: RunKey) -> list[RunKey]:
    """The runs of the folds behind a pooled run; a run of another domain alone."""
    folds = folds_of(project, key.domains[0]) if len(key.domains) == 1 else []
    return [RunKey(key.family, key.recipe, (fold,), key.seed) for fold in folds] or [key]


def first_fold(project: Project, domain: str) -> str:
    """The first fold of the domain, or of the domain that it is a fold of; the domain itself if it has no folds.

    Tuning and learning curves use it alone.
    """
    return next(iter(folds_of(project, project.bases_of_folds.get(domain, domain))), domain)


def runs_of_row(project: Project, key: RunKey) -> list[RunKey]:
    """All runs that a row needs of which `key` is one: those of all folds, or `key` alone."""
    return fold_runs(project, pooled_run(project, key) or key)


def by_fold(reasons: Mapping[str, str | None]) -> str | None:
    """`tickets_fold2: out of memory` from a reason per fold; the reason alone if all folds share it."""
    given = {fold: reason for fold, reason in reasons.items() if reason}
    if len(given) == len(reasons) and len(set(given.values())) == 1:
        return next(iter(given.values()))
    return "; ".join(f"{fold}: {reason}" for fold, reason in given.items()) or None
