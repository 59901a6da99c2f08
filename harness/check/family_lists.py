"""Do `domains_of`, `recipes_on` and `more_suites` of the settings fit the families, their recipes and the domains?"""

from __future__ import annotations

from collections.abc import Mapping

from harness.config.complaints import Complaints
from harness.config.params import Params
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.errors import ConfigError
from harness.pipeline.family_stages import reads_pairs


def family_list_problems(
    complaints: Complaints, project: Project, params: Params, *, recipes: Mapping[str, Recipe]
) -> None:
    """Add families, domains and suites that are unknown, and recipes that cannot run on the domains of their family.

    All families that the settings list can be read. `recipes` are those without a mistake.
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
    _few(complaints, project, params)
    _references(complaints, project, params)
    _suites(complaints, project, params)
    _unread(complaints, project, params, recipes)
    _pairs(complaints, params, recipes)


def _few(complaints: Complaints, project: Project, params: Params) -> None:
    """Domains that only a few recipes run on."""
    everywhere = {*params.domains, *(name for names in params.domains_of.values() for name in names)}
    for domain, ids in params.recipes_on.items():
        keys = ("recipes_on", domain)
        if domain not in project.domain_names:
            complaints.unknown("domain", domain, project.domain_names, *keys)
        elif domain not in params.prepared_domains:
            complaints.add(f'the domain "{domain}" is not prepared', *keys, hint="add it to prepared_domains")
        if domain in everywhere:
            what = f"{domain} is in `domains` or `domains_of`, where every recipe runs on it"
            complaints.add(what, *keys, hint="list it in one place")
        complaints.names("recipe", ids, project.recipe_ids, *keys)
        for index, recipe_id in enumerate(ids):
            family, _, name = recipe_id.partition("/")
            if recipe_id in project.recipe_ids and name not in params.recipes.get(family, []):
                hint = f"add {name} to recipes.{family}"
                complaints.add(f"{recipe_id} does not run", *keys, index, hint=hint)
            elif recipe_id in project.recipe_ids and project.in_sequences(family):
                what = f"{family} runs on `sequences`, not on domains"
                complaints.add(what, *keys, index, hint="remove it from the list")


def _references(complaints: Complaints, project: Project, params: Params) -> None:
    """The recipe that a family's file names as its reference must exist."""
    for family in params.recipes:
        known = [name for name in project.recipe_ids if name.startswith(f"{family}/")]
        named = project.family(family).reference
        if named and f"{family}/{named}" not in known:
            what = f"reference of recipes/{family}/_family.yaml names {family}/{named}, which does not exist"
            complaints.add(what, "recipes", family, hint=f"name one of {', '.join(known)}")


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


def _unread(complaints: Complaints, project: Project, params: Params, recipes: Mapping[str, Recipe]) -> None:
    """Recipes that read files, on domains without such files."""
    for family, names in params.recipes.items():
        for index, name in enumerate(names):
            if f"{family}/{name}" not in recipes:
                continue  # reported for its file
            try:
                kinds = project.media_read(f"{family}/{name}")
                on = project.learnt_by(family, name, params) if kinds else []
            except ConfigError:
                continue  # reported for the file of the domain
            if kinds and not any(project.media_of(domain) in kinds for (domain,) in on):
                what = f"{family}/{name} reads {' and '.join(kinds)}, and no domain of {family} has such files"
                hint = f"add one to domains_of.{family}, or take {name} out of recipes.{family}"
                complaints.add(what, "recipes", family, index, hint=hint)


def _pairs(complaints: Complaints, params: Params, recipes: Mapping[str, Recipe]) -> None:
    """Recipes that learn from the pairs of the stage `preferences`, on domains for which it makes none."""
    for family, domains in params.domains_of.items():
        without = [domain for domain in domains if domain not in params.domains]
        for index, name in enumerate(params.recipes.get(family, [])) if without else ():
            recipe = recipes.get(f"{family}/{name}")
            if recipe and reads_pairs(recipe):
                what = f"{family}/{name} learns from pairs that are made for the domains in `domains` only"
                hint = f"add {', '.join(without)} to domains, or take it out of domains_of.{family}"
                complaints.add(what, "recipes", family, index, hint=hint)
