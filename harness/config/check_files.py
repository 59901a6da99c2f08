"""Does every recipe, domain and suite make sense by itself, and does the code that it names exist?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from harness.config.complaints import Complaints
from harness.config.project import FAMILY_FILE, Project
from harness.config.recipe import Recipe
from harness.config.strict import SeveralMistakesError, read_yaml
from harness.errors import ConfigError, HarnessError
from harness.training.registry import method_names

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Names become parts of stage names, folders and modules; `-` and `+` join them there."""


@contextmanager
def gathered(problems: list[HarnessError]) -> Iterator[None]:
    """Keep the errors of the block among `problems` and go on."""
    try:
        yield
    except SeveralMistakesError as errors:
        problems += errors.each
    except ConfigError as error:
        problems.append(error)


def name_problems(project: Project) -> list[HarnessError]:
    """Files whose name cannot name a stage, or that nothing would read."""
    problems: list[HarnessError] = []
    for pattern in ("recipes/*/*.y*ml", "data/domains/*.y*ml", "data/suites/*.y*ml", "harness/profiles/*.y*ml"):
        for path in sorted(project.root.glob(pattern)):
            if path.suffix == ".yml":
                hint = f"rename it to {path.stem}.yaml"
                problems.append(ConfigError("nothing reads .yml files", where=str(path), hint=hint))
            if path.name != FAMILY_FILE and not NAME.fullmatch(path.stem):
                problems.append(_bad_name(path.stem, path))
    for folder in sorted({path.parent for path in project.root.glob("recipes/*/*.yaml")}):
        if not NAME.fullmatch(folder.name):
            problems.append(_bad_name(folder.name, folder))
        if not (folder / FAMILY_FILE).is_file():
            hint = "copy that of another family"
            problems.append(ConfigError(f"the family has no {FAMILY_FILE}", where=str(folder), hint=hint))
    return problems


def recipe_problems(project: Project) -> tuple[dict[str, Recipe], list[HarnessError]]:
    """All recipes that can be read, by id, and what is wrong with any."""
    problems: list[HarnessError] = []
    families, recipes = set(), {}
    for family in project.family_names:
        with gathered(problems):
            project.family(family)
            families.add(family)
    for recipe_id in project.recipe_ids:
        if recipe_id.split("/")[0] in families:
            with gathered(problems):
                recipes[recipe_id] = project.recipe(recipe_id)
    methods = method_names(project.root)
    for recipe in recipes.values():
        if recipe.run.method not in methods:
            complaints = _place(project, recipe, "method")
            complaints.unknown("method", recipe.run.method, methods, "run", "method")
            problems += complaints.found
        for parent in recipe.run.parents.values():
            if parent not in project.recipe_ids:
                complaints = _place(project, recipe, "init")
                complaints.unknown("parent recipe", parent, project.recipe_ids, "run", "init")
                problems += complaints.found
    return recipes, problems + _circles(project, recipes)


def domain_problems(project: Project) -> list[HarnessError]:
    """What is wrong with any domain."""
    problems: list[HarnessError] = []
    sources: dict[str, object] = {}
    with gathered(problems):
        sources = dict(project.sources)
    builders = _modules(project.root / "harness/domains/builders")
    for name in project.domain_names:
        with gathered(problems):
            domain = project.domain(name)
            path = project.root / f"data/domains/{name}.yaml"
            complaints = Complaints(path, read_yaml(path))
            if domain.builder not in builders:
                complaints.unknown("builder", domain.builder, builders, "builder")
            if sources and domain.source not in sources:
                complaints.unknown("source", domain.source, sources, "source")
            for answer, count in Counter(domain.classify.label_names.values()).items():
                if count > 1:
                    last = [label for label, other in domain.classify.label_names.items() if other == answer][-1]
                    what = f'{count} labels have the name "{answer}"'
                    complaints.add(what, "classify", "label_names", last, expected="a name of its own for each label")
            problems += complaints.found
    return problems


def suite_problems(project: Project) -> list[HarnessError]:
    """What is wrong with any suite."""
    problems: list[HarnessError] = []
    kinds = _modules(project.root / "harness/scoring/kinds")
    for name in project.suite_names:
        with gathered(problems):
            suite = project.suite(name)
            if suite.kind not in kinds:
                path = project.root / f"data/suites/{name}.yaml"
                complaints = Complaints(path, read_yaml(path))
                complaints.unknown("kind", suite.kind, kinds, "kind")
                problems += complaints.found
    return problems


def _circles(project: Project, recipes: Mapping[str, Recipe]) -> list[HarnessError]:
    """Recipes that start from themselves, each circle told once."""
    problems: list[HarnessError] = []
    told: set[str] = set()
    for start in recipes:
        circle = _way_back(start, recipes)
        if circle and not told & set(circle):
            told |= set(circle)
            complaints = _place(project, recipes[start], "init")
            what = f"the parents form a circle: {' -> '.join([*circle, start])}"
            complaints.add(what, "run", "init", hint="one of them must start from `base`")
            problems += complaints.found
    return problems


def _way_back(start: str, recipes: Mapping[str, Recipe]) -> list[str]:
    """The shortest chain of parents from a recipe to itself; empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        recipe = recipes.get(way[-1])
        for parent in recipe.run.parents.values() if recipe else ():
            if parent == start:
                return way
            if parent not in seen:
                seen.add(parent)
                ways.append([*way, parent])
    return []


def _place(project: Project, recipe: Recipe, key: str) -> Complaints:
    """The file that says `run.<key>`: the recipe's or its family's."""
    path = project.root / "recipes" / f"{recipe.id}.yaml"
    content = read_yaml(path)
    if key not in content["run"]:
        path = path.with_name(FAMILY_FILE)
        content = read_yaml(path)
    return Complaints(path, content)


def _modules(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("_"))


def _bad_name(name: str, where: Path) -> ConfigError:
    return ConfigError(
        f'"{name}" cannot name anything', where=str(where), expected="small letters, digits and underscores"
    )
