"""Checks of each domain and suite file by itself, and that the code which it names exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from harness.config.complaints import Complaints, gathered
from harness.config.domain import Domain
from harness.config.project import FAMILY_FILE, Project
from harness.config.strict import read_yaml
from harness.config.suite import Suite
from harness.domains.views.registry import VIEWS
from harness.errors import ConfigError, HarnessError
from harness.scoring.contract import get_kind
from harness.scoring.metric_registry import metric_specs

NAME = re.compile(r"[a-z][a-z0-9_]*")
"""What may be a name: it becomes a part of stage names, folders and modules, where `-` and `+` join names."""

SLOTS = {
    "classify": ("{text}",),
    "answer": ("{text}",),
    "describe": ("{code}",),
    "translate": ("{text}", "{language}"),
}
"""Task -> the slots that each of its templates must have; without them every question would read the same."""


def name_problems(project: Project) -> list[HarnessError]:
    """Files whose name cannot become the name of a stage, and files that nothing would read."""
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
            hint = f"copy the {FAMILY_FILE} of another family"
            problems.append(ConfigError(f"the family has no {FAMILY_FILE}", where=str(folder), hint=hint))
    return problems


def domain_problems(project: Project) -> list[HarnessError]:
    """What is wrong with the domain files."""
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
                    what = f'{count} labels have the same name "{answer}"'
                    complaints.add(what, "classify", "label_names", last, expected="a different name for each label")
            _tasks(complaints, domain)
            problems += complaints.found
    return problems


def suite_problems(project: Project) -> list[HarnessError]:
    """What is wrong with the suite files."""
    problems: list[HarnessError] = []
    kinds = _modules(project.root / "harness/scoring/kinds")
    with gathered(problems):
        metric_specs()
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
            if suite.kind in kinds:
                _kind(complaints, suite)
            else:
                complaints.unknown("kind", suite.kind, kinds, "kind")
            problems += complaints.found
    return problems


def _kind(complaints: Complaints, suite: Suite) -> None:
    """Keys that do not fit the suite's kind."""
    kind = get_kind(suite.kind)
    views = [name for name, view in VIEWS.items() if view.row is kind.row]
    complaints.names(f"view for {suite.kind}", suite.views, views, "views")
    spec = kind.metrics.get(suite.metric)
    if spec is None:
        complaints.unknown(f"metric of {suite.kind}", suite.metric, kind.metrics, "metric")
    elif reason := spec.cannot_lead(suite.column):
        what = f'recipes cannot be ranked by "{suite.metric}": {reason}'
        ranking = [name for name, other in kind.metrics.items() if not other.cannot_lead(suite.column)]
        hint = f"put {suite.metric} under `also`"
        complaints.add(what, "metric", expected=f"one of {', '.join(ranking)}", hint=hint)
    complaints.names(f"metric of {suite.kind}", suite.also, kind.metrics, "also")
    if suite.max_new_tokens is not None and not kind.generates:
        what = f"the model writes nothing in suites of the kind {suite.kind}"
        complaints.add(what, "max_new_tokens", hint="remove the line")


def _tasks(complaints: Complaints, domain: Domain) -> None:
    """Templates and prompts without the slots that questions fill."""
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
        what = f'the first language is not the language of the domain, "{domain.language}"'
        complaints.add(what, "translate", "languages", expected="the domain's language, then the second one")
    if domain.unanswerable and "{unknown}" not in domain.unanswerable.prompt:
        what = "the prompt has no {unknown}, which says how to decline"
        complaints.add(what, "unanswerable", "prompt", expected="a text with {unknown}")


def _modules(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.py") if not path.name.startswith("_"))


def _bad_name(name: str, where: Path) -> ConfigError:
    return ConfigError(
        f'"{name}" cannot be a name', where=str(where), expected="lower-case letters, digits and underscores"
    )
