"""`harness base use NAME` and `harness base remove NAME`."""

from __future__ import annotations

from harness.config.project import Project
from harness.errors import ConfigError
from harness.user_bases.known import known_base
from harness.user_bases.registration import forgotten, is_used, used
from harness.user_domains.registration import write_all


def use(project: Project, name: str) -> list[str]:
    """Let every recipe of the model's role start from it; returns what was done.

    Raises:
        ConfigError: there is no such base model, or the configuration would have a new problem.
    """
    base = known_base(project, name).base
    if is_used(project.params, base):
        return [f"{name} is the base model of the role {base.role} already"]
    before = project.params.base_models.get(base.role)
    write_all(project, [used(project, base)])
    instead = f" instead of {before.name}" if before else ""
    return [
        f"every recipe with the base {base.role} now starts from {name}{instead}",
        "next: `harness plan` shows what `dvc repro` will run; `dvc repro` runs it",
    ]


def remove(project: Project, name: str) -> list[str]:
    """Forget a base model that was added; returns what was removed and what is left.

    Raises:
        ConfigError: there is no such base model, it comes with a profile, or recipes start from it now.
    """
    known = known_base(project, name)
    if known.origin != "added":
        hint = "to start from another model, use `harness base use`"
        raise ConfigError(f"{name} comes with the {known.origin} and cannot be removed", where="NAME", hint=hint)
    if known.base.model in project.params.base_models.values():
        hint = "first let them start from another one: `harness base use OTHER`"
        raise ConfigError(f"recipes start from {name} now", where="params.yaml: base_models", hint=hint)
    changes = forgotten(project, name, known.base)
    write_all(project, changes)
    lines = [f"removed {change.path.relative_to(project.root)}" for change in changes if change.text is None]
    lines += [
        f"removed {known.base.model.source} from {change.path.relative_to(project.root)}"
        for change in changes
        if change.text
    ]
    copy = project.source_folder(known.base.model.source)
    return [*lines, *([f"left: {copy.relative_to(project.root)}/; delete it to free space"] if copy.exists() else [])]
