"""Can the families that learn one domain after another run with the sequences and slices in the settings?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from harness.check.files import NAME
from harness.config.complaints import Complaints
from harness.config.params import Params, Slice
from harness.config.project import Project
from harness.config.recipe import Recipe
from harness.errors import ConfigError
from harness.training.registry import get_method

EXAMPLE = "`sequences: {trade_then_health: [hs_products, icd10]}`"


def sequence_problems(
    complaints: Complaints, project: Project, params: Params, *, recipes: Mapping[str, Recipe]
) -> None:
    """Add what is wrong with `slices` and `sequences`, and recipes that cannot learn a sequence.

    `recipes` are those without a mistake.
    """
    _slices(complaints, project, params)
    _domains(complaints, project, params)
    for family, names in params.recipes.items():
        if not project.in_sequences(family):
            continue
        if names:
            _roles(complaints, project, family)
        if names and not params.sequences:
            what = f"the recipes of {family} learn one domain after another, and there are no sequences"
            complaints.add(what, "recipes", family, hint=f"add {EXAMPLE}, or write `{family}: []`")
        for index, name in enumerate(names):
            recipe = recipes.get(f"{family}/{name}")
            method = get_method(recipe.run.method) if recipe else None
            if method and method.starts_from and method.cannot_be_continued:
                what = f"{family}/{name} cannot continue from its own run: {method.cannot_be_continued}"
                complaints.add(what, "recipes", family, index, hint="choose another method, or another family")


def _domains(complaints: Complaints, project: Project, params: Params) -> None:
    known = [*project.domain_names, *params.slices]
    for name, domains in params.sequences.items():
        if len(domains) < 2:
            what = f'the sequence "{name}" has {len(domains)} domain{"" if len(domains) == 1 else "s"}'
            complaints.add(what, "sequences", name, expected="at least two domains in the order in which to learn them")
        complaints.names("domain", domains, known, "sequences", name)
        for index, domain in enumerate(domains):
            if domain in project.domain_names and domain not in params.prepared_domains:
                what = f'the sequence "{name}" learns the domain "{domain}", which is not prepared'
                complaints.add(what, "sequences", name, index, hint="add it to prepared_domains, or take it out here")
        _overlaps(complaints, params, name)


def _overlaps(complaints: Complaints, params: Params, name: str) -> None:
    """A step must bring items that no other step of the sequence brings."""
    domains = params.sequences[name]
    for one, other in combinations(range(len(domains)), 2):
        first, second = domains[one], domains[other]
        parts = [params.slices.get(first), params.slices.get(second)]
        for part, whole in ((parts[0], second), (parts[1], first)):
            if part is not None and part.of == whole:
                what = f'the sequence "{name}" learns {whole} and a slice of it'
                complaints.add(what, "sequences", name, other, hint="use slices of it alone, or none")
        if parts[0] and parts[1] and parts[0].of == parts[1].of and first != second:
            for shared in _shared(parts[0], parts[1]):
                what = f'{shared} is in two slices of the sequence "{name}": {first} and {second}'
                complaints.add(what, "sequences", name, other, hint="keep it in one of them")


def _shared(one: Slice, other: Slice) -> list[str]:
    """The labels or clusters that two slices of one domain share; empty if they have no item in common."""
    labels = [label for label in one.labels or other.labels or [] if label in (other.labels or [label])]
    clusters = [
        name
        for name in one.clusters or other.clusters or []
        if any(name.startswith(beginning) or beginning.startswith(name) for beginning in other.clusters or [name])
    ]
    if (one.labels and other.labels and not labels) or (one.clusters and other.clusters and not clusters):
        return []
    names = [f'the label "{label}"' for label in sorted(set(labels))]
    return names or [f'the cluster "{name}"' for name in sorted(set(clusters))]


def _slices(complaints: Complaints, project: Project, params: Params) -> None:
    for name, part in params.slices.items():
        if not NAME.fullmatch(name):
            expected = "lower-case letters, digits and underscores"
            complaints.add(f'"{name}" cannot be a name', "slices", name, expected=expected)
        if name in project.domain_names:
            complaints.add(f'the slice "{name}" has the name of a domain', "slices", name, hint="rename it")
        complaints.duplicates("label", part.labels or [], "slices", name, "labels")
        complaints.duplicates("cluster", part.clusters or [], "slices", name, "clusters")
        if part.of not in params.prepared_domains:
            complaints.unknown("prepared domain", part.of, params.prepared_domains, "slices", name, "of")
        elif part.of in project.domain_names:
            _labels(complaints, project, params, name)


def _labels(complaints: Complaints, project: Project, params: Params, name: str) -> None:
    """Whether the domain of a slice has its labels, as far as the domain's file tells."""
    part = params.slices[name]
    try:
        task = project.domain(part.of).classify
    except ConfigError:
        return  # reported for the domain's file
    if task is None:
        what = f'the domain "{part.of}" has no labels to choose a slice by'
        complaints.add(what, "slices", name, "of", expected="a domain with the task `classify`")
    elif task.label_names:
        for index, label in enumerate(part.labels or []):
            if label not in task.label_names.values():
                complaints.unknown(
                    f"label of {part.of}", label, task.label_names.values(), "slices", name, "labels", index
                )


def _roles(complaints: Complaints, project: Project, family: str) -> None:
    """The recipes that the family's file names for the matrix must exist."""
    found, known = project.family(family), [name for name in project.recipe_ids if name.startswith(f"{family}/")]
    named = {"untrained": found.untrained, "upper_bound": found.upper_bound}
    wanted = [(key, name) for key, name in named.items() if name]
    wanted += [("controls", name) for pair in found.controls.items() for name in pair]
    for key, name in wanted:
        if f"{family}/{name}" not in known:
            what = f"{key} of recipes/{family}/_family.yaml names {family}/{name}, which does not exist"
            complaints.add(what, "recipes", family, hint=f"name one of {', '.join(known)}")
