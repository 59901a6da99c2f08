"""Can the families that learn one domain after another run with the sequences in the settings?"""

from __future__ import annotations

from collections.abc import Mapping

from harness.config.complaints import Complaints
from harness.config.params import Params
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.training.registry import get_method

EXAMPLE = "`sequences: {trade_then_health: [hs_products, icd10]}`"


def sequence_problems(
    complaints: Complaints, project: Project, params: Params, *, recipes: Mapping[str, Recipe]
) -> None:
    """Add what is wrong with `sequences`, and recipes that cannot learn one; `recipes` are those without a mistake."""
    _domains(complaints, project, params)
    for family, names in params.recipes.items():
        if not names or not project.in_sequences(family):
            continue
        if not params.sequences:
            what = f"the recipes of {family} learn one domain after another, and there are no sequences"
            complaints.add(what, "recipes", family, hint=f"add {EXAMPLE}, or write `{family}: []`")
        for index, name in enumerate(names):
            recipe = recipes.get(f"{family}/{name}")
            method = get_method(recipe.run.method) if recipe else None
            if method and method.starts_from and method.cannot_be_continued:
                what = f"{family}/{name} cannot continue from its own run: {method.cannot_be_continued}"
                complaints.add(what, "recipes", family, index, hint="choose another method, or another family")


def _domains(complaints: Complaints, project: Project, params: Params) -> None:
    for name, domains in params.sequences.items():
        if len(domains) < 2:
            what = f'the sequence "{name}" has {len(domains)} domain{"" if len(domains) == 1 else "s"}'
            complaints.add(what, "sequences", name, expected="at least two domains in the order in which to learn them")
        complaints.names("domain", domains, project.domain_names, "sequences", name)
        for index, domain in enumerate(domains):
            if domain in project.domain_names and domain not in params.prepared_domains:
                what = f'the sequence "{name}" learns the domain "{domain}", which is not prepared'
                complaints.add(what, "sequences", name, index, hint="add it to prepared_domains, or take it out here")
