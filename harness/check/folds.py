"""Do the files and the settings of domains with folds fit together?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.config.complaints import Complaints, gathered
from harness.config.domain import Domain
from harness.config.folds import fold_name
from harness.config.mistakes import Key
from harness.config.params import Params
from harness.config.project import Project
from harness.config.strict import read_yaml
from harness.errors import HarnessError

AGAIN = "run `harness domain folds {}`, which writes the files of the folds"


def fold_problems(project: Project) -> list[HarnessError]:
    """Domains whose folds are missing or differ from them, and folds of no domain."""
    problems: list[HarnessError] = []
    domains = _readable(project)
    for name, domain in domains.items():
        path = project.root / f"data/domains/{name}.yaml"
        complaints = Complaints(path, read_yaml(path))
        if domain.fold_of and domain.fold:
            _is_fold_of(complaints, name, domain, base=domains.get(domain.fold_of))
        for number in range(1, (domain.splits.folds or 0) + 1) if domain.is_split_in_folds else ():
            fold = fold_name(name, number)
            if fold not in project.domain_names:
                complaints.add(f"its fold {fold} has no file", "splits", "folds", hint=AGAIN.format(name))
        problems += complaints.found
    return problems


def _is_fold_of(complaints: Complaints, name: str, domain: Domain, *, base: Domain | None) -> None:
    known = base is not None and domain.fold is not None and domain.fold <= (base.splits.folds or 0)
    if base is None or not known or name != fold_name(domain.fold_of or "", domain.fold or 0):
        complaints.add(f"{domain.fold_of} has no such fold", "fold_of", hint="delete the file, or restore the domain")
    elif base.model_copy(update={"fold_of": domain.fold_of, "fold": domain.fold}) != domain:
        complaints.add(
            f"it differs from {domain.fold_of}.yaml, of which it is a copy", hint=AGAIN.format(domain.fold_of)
        )


def listed_folds(complaints: Complaints, project: Project, params: Params) -> None:
    """Settings list all folds of a domain, and not the domain itself."""
    with gathered([]):  # a wrong file of a fold is reported for that file
        bases = project.bases_of_folds
        _all_or_none(complaints, ("domains",), params.domains, bases=bases)
        _all_or_none(complaints, ("prepared_domains",), params.prepared_domains, bases=bases)
        for family, names in params.domains_of.items():
            _all_or_none(complaints, ("domains_of", family), names, bases=bases)
        _all_or_none(complaints, ("recipes_on",), list(params.recipes_on), bases=bases)
        for index, name in enumerate(params.retention_domains):
            if name in bases:
                what = f"{name} is a fold: the other folds train on its test items, so it cannot show what they forgot"
                complaints.add(what, "retention_domains", index, hint="remove it")


def _all_or_none(
    complaints: Complaints, keys: Sequence[Key], names: Sequence[str], *, bases: Mapping[str, str]
) -> None:
    for base in dict.fromkeys(bases.values()):
        folds = [fold for fold, other in bases.items() if other == base]
        listed = [fold for fold in folds if fold in names]
        if base in names:
            what = f"{base} is split in folds, which are learnt in its place"
            complaints.add(what, *keys, names.index(base), hint=f"list its folds instead: {', '.join(folds)}")
        if listed and listed != folds:
            missing = ", ".join(fold for fold in folds if fold not in listed)
            what = f"{missing} is missing: a row of {base} needs all its folds"
            complaints.add(what, *keys, names.index(listed[0]), hint="list all folds of the domain, or none")


def _readable(project: Project) -> Mapping[str, Domain]:
    """The domains whose file is right; the others are reported for their files."""
    found: dict[str, Domain] = {}
    ignored: list[HarnessError] = []
    for name in project.domain_names:
        with gathered(ignored):
            found[name] = project.domain(name)
    return found
