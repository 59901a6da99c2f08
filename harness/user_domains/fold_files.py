"""The files of a domain's folds: copies of the domain's own file, one per fold.

`harness domain add --folds K` writes them; `harness domain folds NAME` writes them again after an edit.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.config.domain import Domain
from harness.config.folds import fold_name, folds_of
from harness.config.project import Project
from harness.errors import ConfigError
from harness.user_domains.domain_file import fold_text
from harness.user_domains.registration import Change, write_all


def fold_names(domain: Domain, name: str) -> list[str]:
    """The folds that a domain asks for; empty for a domain without folds."""
    return [fold_name(name, fold) for fold in range(1, (domain.splits.folds or 0) + 1)]


def fold_changes(project: Project, name: str, *, text: str, wanted: Sequence[str]) -> list[Change]:
    """The files of the wanted folds, and the removal of folds that are not wanted any more.

    `text` is the content of the domain's own file.

    Raises:
        ConfigError: a fold would replace the file of another domain.
    """
    bases = project.bases_of_folds
    for fold in wanted:
        if fold in project.domain_names and bases.get(fold) != name:
            raise ConfigError(
                f'the domain "{fold}" exists already, and a fold of {name} needs this name',
                where=f"data/domains/{fold}.yaml",
                hint=f"choose another name than {name}",
            )
    folder = project.root / "data/domains"
    written = [Change(folder / f"{fold}.yaml", fold_text(text, name, number)) for number, fold in enumerate(wanted, 1)]
    return written + [Change(folder / f"{fold}.yaml", None) for fold in folds_of(project, name) if fold not in wanted]


def write_folds(project: Project, name: str) -> list[str]:
    """Copy the domain's file into the files of its folds; lines that say what was done.

    Raises:
        ConfigError: there is no such domain, it is not split in folds, its number of folds was changed by hand, or the
            configuration would be invalid. Nothing is changed then.
    """
    path = project.root / f"data/domains/{name}.yaml"
    domain = project.domain(name)
    if domain.fold_of:
        hint = f"`harness domain folds {domain.fold_of}`"
        raise ConfigError(f"{name} is a fold of {domain.fold_of}", where=f"data/domains/{name}.yaml", hint=hint)
    wanted, found = fold_names(domain, name), folds_of(project, name)
    if not wanted or (found and found != wanted):
        what = f"{name} has {len(found)} folds in data/domains/, and its file asks for {len(wanted)}"
        hint = f"`harness domain add {name} FILE --replace --folds K` changes the number of folds"
        raise ConfigError(what, where=f"data/domains/{name}.yaml: splits", hint=hint)
    changes = fold_changes(project, name, text=path.read_text(encoding="utf-8"), wanted=wanted)
    changed = [one for one in changes if not one.path.is_file() or one.path.read_text(encoding="utf-8") != one.text]
    if not changed:
        return [f"the {len(wanted)} folds of {name} are up to date"]
    write_all(project, changed)
    return [f"wrote {', '.join(one.path.relative_to(project.root).as_posix() for one in changed)}"]
