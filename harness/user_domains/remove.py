"""`harness domain remove NAME`: remove a user's own domain from the configuration."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from harness.config.folds import folds_of
from harness.config.project import RECORDS, Project
from harness.config.source import PathSource
from harness.errors import ConfigError, did_you_mean
from harness.user_domains.domain_file import BUILDERS
from harness.user_domains.registration import Change, without_domain, write_all


def remove(project: Project, name: str) -> list[str]:
    """Remove the domain and its folds; returns lines that say what was removed and what was left.

    Its items and views are deleted too, because other domains would still count them as held out. The copy of the file
    in data/sources/ and the runs stay.

    Raises:
        ConfigError: there is no such domain, it is built in, or the configuration would be invalid without it. Nothing
            is changed then.
    """
    path = project.root / f"data/domains/{name}.yaml"
    if name not in project.domain_names:
        own = [other for other in project.domain_names if project.domain(other).builder in BUILDERS]
        known = [other for other in own if project.domain(other).fold_of is None]
        raise ConfigError(f'there is no domain "{name}"', where=str(path.parent), hint=did_you_mean(name, known))
    domain, folds = project.domain(name), folds_of(project, name)
    if domain.fold_of:
        hint = f"`harness domain remove {domain.fold_of}` removes the domain with all its folds"
        raise ConfigError(f"{name} is a fold of {domain.fold_of}", where=f"data/domains/{name}.yaml", hint=hint)
    if domain.builder not in BUILDERS:
        hint = "to run no recipes on it, remove it from `domains` in params.yaml"
        what = f"the domain is built in (builder {domain.builder}) and cannot be removed"
        raise ConfigError(what, where=f"data/domains/{name}.yaml", hint=hint)
    if set(project.params.domains) <= {name, *folds}:
        hint = "first add another domain to `domains` in params.yaml, for example hs_products"
        raise ConfigError(f"{name} is the only domain that recipes run on", where="params.yaml", hint=hint)
    source = _own_source(project, name)
    listed = without_domain(project.root, name, source_name=source, folds=folds)
    files = [Change(one, None) for one in (path, *(path.with_name(f"{fold}.yaml") for fold in folds))]
    write_all(project, [*listed, *files])
    for one in (name, *folds):
        for folder in (project.items_folder(one), project.prepared_folder(one)):
            shutil.rmtree(folder, ignore_errors=True)
    return _report(project, name, source, folds=folds)


def _own_source(project: Project, name: str) -> str | None:
    """The source of the domain, if it is a file and nothing else uses it; otherwise None."""
    source = project.domain(name).source
    own = {name, *folds_of(project, name)}
    others = [project.domain(other).source for other in project.domain_names if other not in own]
    others += [base.source for base in project.params.base_models.values()]
    is_own = isinstance(project.sources.get(source), PathSource) and source not in others
    return source if is_own else None


def _report(project: Project, name: str, source: str | None, *, folds: Sequence[str]) -> list[str]:
    with_folds = f", its {len(folds)} folds," if folds else ""
    lines = [f"removed data/domains/{name}.yaml{with_folds} and {name} from params.yaml"]
    lines.append(f"removed {source} from data/sources.yaml" if source else "kept the source, which is used elsewhere")
    if source and project.source_folder(source).exists():
        lines.append(f"left: data/sources/{source}/, the copy of your file; delete it if you no longer need it")
    runs = f"{RECORDS}/*/*-{name}_fold*" if folds else f"{RECORDS}/*/*-{name}-*"
    if any(project.root.glob(runs)):
        lines.append(f"left: its runs, {runs}; boards no longer show them")
    return lines
