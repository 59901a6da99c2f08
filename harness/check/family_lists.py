"""Do `domains_of` and `more_suites` of the settings fit the families, their recipes and the domains?"""

from __future__ import annotations

from harness.config.complaints import Complaints
from harness.config.params import Params
from harness.config.project import Project
from harness.errors import ConfigError


def family_list_problems(complaints: Complaints, project: Project, params: Params) -> None:
    """Add families, domains and suites that are unknown, and recipes that could run on no domain of their family.

    All families that the settings list can be read.
    """
    for family, domains in params.domains_of.items():
        keys = ("domains_of", family)
        if family not in project.family_names:
            complaints.unknown("family", family, project.family_names, *keys)
        elif domains and project.in_sequences(family):
            complaints.add(f"{family} runs on `sequences`, not on domains", *keys, hint="remove the line")
        complaints.names("domain", domains, project.domain_names, *keys)
        for index, name in enumerate(domains):
            if name in project.domain_names and name not in params.prepared_domains:
                complaints.add(f'the domain "{name}" is not prepared', *keys, index, hint="add it to prepared_domains")
    _suites(complaints, project, params)
    _unread(complaints, project, params)


def _suites(complaints: Complaints, project: Project, params: Params) -> None:
    for family, suites in params.more_suites.items():
        keys = ("more_suites", family)
        if family not in project.family_names:
            complaints.unknown("family", family, project.family_names, *keys)
        complaints.names("suite", suites, project.suite_names, *keys)
        for index, name in enumerate(suites):
            if name in (*params.suites, *params.wide.suites):
                what = f"{name} is in `suites` or `wide.suites` already"
                complaints.add(what, *keys, index, hint="list it in one place")


def _unread(complaints: Complaints, project: Project, params: Params) -> None:
    """Recipes that read files, on domains without such files."""
    for family, names in params.recipes.items():
        for index, name in enumerate(names):
            try:
                kinds = project.media_read(f"{family}/{name}")
                on = project.learnt_by(family, name, params) if kinds else []
            except ConfigError:
                continue  # reported for the file of the recipe or the domain
            if kinds and not any(project.media_of(domain) in kinds for (domain,) in on):
                what = f"{family}/{name} reads {' and '.join(kinds)}, and no domain of {family} has such files"
                hint = f"add one to domains_of.{family}, or take {name} out of recipes.{family}"
                complaints.add(what, "recipes", family, index, hint=hint)
