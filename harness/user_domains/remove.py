"""`harness domain remove NAME`: a user's own domain leaves the configuration."""

from __future__ import annotations

import shutil

from harness.config.project import Project
from harness.config.source import PathSource
from harness.errors import ConfigError, did_you_mean
from harness.user_domains.domain_file import BUILDER
from harness.user_domains.registration import Change, taken_out, write_all


def remove(project: Project, name: str) -> list[str]:
    """Take the domain out; the lines that say what was removed and what is left.

    Its items and views go too: items of a domain that no longer exists would still count as held out. The copy of the
    file in data/sources/ and the runs stay.

    Raises:
        ConfigError: there is no such domain, it is built in, or the tree does without it no longer fit together; all is
            then as before.
    """
    path = project.root / f"data/domains/{name}.yaml"
    if name not in project.domain_names:
        known = [other for other in project.domain_names if project.domain(other).builder == BUILDER]
        raise ConfigError(f'there is no domain "{name}"', where=str(path.parent), hint=did_you_mean(name, known))
    domain = project.domain(name)
    if domain.builder != BUILDER:
        hint = "to leave it out, remove it from `domains` in params.yaml"
        what = f"the domain is built in (builder {domain.builder}) and is not removed"
        raise ConfigError(what, where=f"data/domains/{name}.yaml", hint=hint)
    if project.params.domains == [name]:
        hint = "add another domain to `domains` in params.yaml first, such as hs_products"
        raise ConfigError(f"{name} is the only domain that recipes run on", where="params.yaml", hint=hint)
    source = _own_source(project, name)
    write_all(project, [*taken_out(project.root, name, source_name=source), Change(path, None)])
    for folder in (project.items_folder(name), project.prepared_folder(name)):
        shutil.rmtree(folder, ignore_errors=True)
    return list(_told(project, name, source))


def _own_source(project: Project, name: str) -> str | None:
    """The source of the domain if it is a file that nothing else uses."""
    source = project.domain(name).source
    others = [project.domain(other).source for other in project.domain_names if other != name]
    others += [base.source for base in project.params.base_models.values()]
    is_own = isinstance(project.sources.get(source), PathSource) and source not in others
    return source if is_own else None


def _told(project: Project, name: str, source: str | None) -> list[str]:
    lines = [f"removed data/domains/{name}.yaml and {name} from params.yaml"]
    lines.append(f"removed {source} from data/sources.yaml" if source else "its source is used elsewhere and stays")
    if source and project.source_folder(source).exists():
        lines.append(f"left: data/sources/{source}/, the copy of your file; delete it if you need it no longer")
    if any(project.root.glob(f"runs/*/*-{name}-*")):
        lines.append(f"left: its runs, runs/*/*-{name}-*; no board shows them any longer")
    return lines
