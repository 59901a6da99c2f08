"""The settings that run what was advised: some keys of params.yaml, in a file of their own or in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from harness.config.edits.yaml_edit import YamlEdit, yaml_text
from harness.config.project import Project
from harness.errors import ConfigError
from harness.runtime.atomic_output import atomic_file

HEADER = (
    "Written by `harness advise`: {recipe} for {domain}. Put these keys in place of those in params.yaml, then run\n"
    "`harness check` and `harness repro`. `harness advise --write params.yaml` does the first step itself."
)


def settings_for(project: Project, *, recipe: str, domain: str | None, reference: str | None) -> dict[str, Any]:
    """The keys of params.yaml that run the recipe, the runs that it starts from, and the reference.

    Args:
        project: the project.
        recipe: id of the recipe that was advised.
        domain: the domain to run on; null keeps the domains of params.yaml.
        reference: id of the recipe that differences are taken to.

    Raises:
        ConfigError: a recipe is unknown or its file is wrong.
    """
    params = project.params
    wanted = _with_parents(project, [*([reference] if reference else []), recipe])
    families = {recipe_id.split("/")[0] for recipe_id in wanted}
    found: dict[str, Any] = {}
    if domain is not None:
        found["domains"] = [domain]
        found |= {name: {} for name in ("domains_of", "recipes_on") if getattr(params, name)}
        found["prepared_domains"] = list(dict.fromkeys([*params.prepared_domains, domain]))
    listed = [*params.recipes, *sorted(families - set(params.recipes))]
    found["recipes"] = {
        family: [name.split("/")[1] for name in wanted if name.startswith(f"{family}/")] for family in listed
    }
    found["seeds"] = {family: params.seeds.get(family, [0]) for family in listed}
    return found


def write_settings(path: Path, settings: Mapping[str, Any], *, recipe: str, domain: str) -> str:
    """Write the keys into `path`, a settings file whose other keys stay, or a new file; says in words what was done.

    Raises:
        ConfigError: the file is there and holds no settings.
    """
    if path.exists():
        edit = YamlEdit(path)
        if "recipes" not in edit.content:
            raise ConfigError(
                "the file holds no settings", where=str(path), expected="a new file, or one like params.yaml"
            )
        _put(edit.content, settings)
        _leave_out_others(edit.content, settings["recipes"])
        done = f"changed {', '.join(settings)} in {path}; run `harness pipeline --write`, then `harness repro`"
        text = edit.text()
    else:
        content = CommentedMap()
        _put(content, settings)
        content.yaml_set_start_comment(HEADER.format(recipe=recipe, domain=domain))
        text, done = yaml_text(content), f"wrote {', '.join(settings)} to {path}"
    with atomic_file(path) as working:
        working.write_text(text, encoding="utf-8")
    return done


def _put(content: CommentedMap, settings: Mapping[str, Any]) -> None:
    """Replace each key. Lists are written on one line, and comments beside a key stay."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            inner = content.setdefault(key, CommentedMap())
            for name, entries in value.items():
                inner[name] = _on_one_line(entries)
        else:
            content[key] = _on_one_line(value)


def _leave_out_others(content: CommentedMap, recipes: Mapping[str, Sequence[str]]) -> None:
    """Take recipes that no longer run out of the other lists of params.yaml that name them."""
    for family, names in content.get("wide", {}).get("recipes", {}).items():
        content["wide"]["recipes"][family] = _on_one_line([name for name in names if name in recipes.get(family, [])])
    if "starter" in content:
        listed = {f"{family}/{name}" for family, names in recipes.items() for name in names}
        content["starter"] = _on_one_line([recipe for recipe in content["starter"] if recipe in listed])


def _on_one_line(entries: Sequence[Any]) -> CommentedSeq:
    found = CommentedSeq(entries)
    found.fa.set_flow_style()
    return found


def _with_parents(project: Project, recipes: Sequence[str]) -> list[str]:
    """The recipes and all that their runs start from, parents first, each once."""
    found: list[str] = []
    for recipe_id in recipes:
        parents = _with_parents(project, project.recipe(recipe_id).run.parent_ids)
        found += [name for name in (*parents, recipe_id) if name not in found]
    return list(dict.fromkeys(found))
