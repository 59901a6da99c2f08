"""Does every domain and suite make sense by itself, and does the code that it names exist?"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from harness.config.complaints import Complaints, gathered
from harness.config.domain import Domain
from harness.config.project import FAMILY_FILE, Project
from harness.config.strict import read_yaml
from harness.domains.views.registry import VIEWS
from harness.errors import ConfigError, HarnessError
from harness.scoring.contract import get_kind

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""Names become parts of stage names, folders and modules; `-` and `+` join them there."""


SLOTS = {
    "classify": ("{text}",),
    "answer": ("{text}",),
    "describe": ("{code}",),
    "translate": ("{text}", "{language}"),
}
"""Task -> what each wording must have, or every question would read the same."""


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
            names = domain.classify.label_names if domain.classify else {}
            for answer, count in Counter(names.values()).items():
                if count > 1:
                    last = [label for label, other in names.items() if other == answer][-1]
                    what = f'{count} labels have the name "{answer}"'
                    complaints.add(what, "classify", "label_names", last, expected="a name of its own for each label")
            _tasks(complaints, domain)
            problems += complaints.found
    return problems


def suite_problems(project: Project) -> list[HarnessError]:
    """What is wrong with any suite."""
    problems: list[HarnessError] = []
    kinds = _modules(project.root / "harness/scoring/kinds")
    sets = _modules(project.root / "harness/suites/sets")
    for name in project.suite_names:
        with gathered(problems):
            suite = project.suite(name)
            path = project.root / f"data/suites/{name}.yaml"
            complaints = Complaints(path, read_yaml(path))
            if suite.questions and suite.questions not in sets:
                complaints.unknown("set of questions", suite.questions, sets, "questions")
            if suite.against and suite.against not in project.suite_names:
                complaints.unknown("suite", suite.against, project.suite_names, "against")
            if suite.kind not in kinds:
                complaints.unknown("kind", suite.kind, kinds, "kind")
            else:
                kind = get_kind(suite.kind)
                views = [name for name, view in VIEWS.items() if view.row is kind.row]
                complaints.names(f"view for {suite.kind}", suite.views, views, "views")
                metrics = kind.metrics
                if suite.metric not in metrics:
                    complaints.unknown(f"metric of {suite.kind}", suite.metric, metrics, "metric")
                complaints.names(f"metric of {suite.kind}", suite.also, metrics, "also")
            if suite.max_new_tokens is not None and suite.kind in kinds and not get_kind(suite.kind).generates:
                what = f"{suite.kind} lets no model write"
                complaints.add(what, "max_new_tokens", hint="remove the line")
            problems += complaints.found
    return problems


def _tasks(complaints: Complaints, domain: Domain) -> None:
    """What no item could serve, or no wording could be filled with."""
    for name in SLOTS:
        task = getattr(domain, name)
        for slot in SLOTS[name]:
            for index, template in enumerate(task.templates if task else ()):
                if slot not in template:
                    what = f"the template has no {slot}"
                    complaints.add(what, name, "templates", index, expected=f"a text with {slot}")
    if domain.translate and "{language}" not in domain.translate.prompt:
        complaints.add("the prompt has no {language}", "translate", "prompt", expected="a text with {language}")
    if domain.translate and next(iter(domain.translate.languages)) != domain.language:
        what = f'the first of the languages is not the domain\'s own, "{domain.language}"'
        complaints.add(what, "translate", "languages", expected="the domain's language, then the second one")
    if domain.unanswerable and "{unknown}" not in domain.unanswerable.prompt:
        what = "the prompt does not say how to decline"
        complaints.add(what, "unanswerable", "prompt", expected="a text with {unknown}")


def _modules(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("_"))


def _bad_name(name: str, where: Path) -> ConfigError:
    return ConfigError(
        f'"{name}" cannot name anything', where=str(where), expected="small letters, digits and underscores"
    )
