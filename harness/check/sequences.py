"""Can the families that learn one domain after another run with the sequences in the settings?"""

from __future__ import annotations

from harness.config.complaints import Complaints
from harness.config.params import Params
from harness.config.project import Project

EXAMPLE = "`sequences: {trade_then_health: [hs_products, icd10]}`"


def sequence_problems(complaints: Complaints, project: Project, params: Params) -> None:
    """Add what is wrong with `sequences`; `project` gives the families, `params` are the settings."""
    for name, domains in params.sequences.items():
        if len(domains) < 2:
            what = f'the sequence "{name}" has {len(domains)} domain{"" if len(domains) == 1 else "s"}'
            complaints.add(what, "sequences", name, expected="at least two domains in the order in which to learn them")
        complaints.names("domain", domains, project.domain_names, "sequences", name)
        for index, domain in enumerate(domains):
            if domain in project.domain_names and domain not in params.prepared_domains:
                what = f'the sequence "{name}" learns the domain "{domain}", which is not prepared'
                complaints.add(what, "sequences", name, index, hint="add it to prepared_domains, or take it out here")
    for family, recipes in params.recipes.items():
        if recipes and not params.sequences and project.in_sequences(family):
            what = f"the recipes of {family} learn one domain after another, and there are no sequences"
            complaints.add(what, "recipes", family, hint=f"add {EXAMPLE}, or write `{family}: []`")
