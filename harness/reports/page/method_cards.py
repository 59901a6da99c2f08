"""The data sheet of each recipe's method: what its docstring says, read from the source without importing it."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import harness
from harness.config.project import Project
from harness.reports.contract.rows import Row
from harness.reports.page.escape import safe, web_link

_FACT = re.compile(r"^([A-Z][A-Za-z ]{1,30}): (.*)$")


@dataclass(frozen=True)
class MethodCard:
    """One recipe and its method."""

    recipe_id: str
    title: str
    paper: str | None
    summary: str
    lead: str = ""
    """First paragraph of the docstring."""
    facts: list[tuple[str, str]] = field(default_factory=list)
    """(`Cost`, what it says) and so on."""

    def html(self) -> str:
        """A term with its description."""
        facts = "".join(f"<dt>{safe(name)}</dt><dd>{_prose(text)}</dd>" for name, text in self.facts)
        paper = f" {web_link(self.paper, 'Paper')}." if self.paper else ""
        return (
            f'<details class="card"><summary><strong>{safe(self.title)}</strong> <code>{safe(self.recipe_id)}</code>'
            f"</summary><p>{safe(self.summary)} {_prose(self.lead)}{paper}</p><dl>{facts}</dl></details>"
        )


def method_cards(project: Project, rows: Sequence[Row]) -> list[MethodCard]:
    """The cards of all recipes on the board that still exist, each once, by id.

    Raises:
        ConfigError: a recipe is broken.
    """
    ids = sorted({row.recipe_id for row in rows} & set(project.recipe_ids))
    return [_card(project, recipe_id) for recipe_id in ids]


def _card(project: Project, recipe_id: str) -> MethodCard:
    recipe = project.recipe(recipe_id)
    lead, facts = read_docstring(_docstring(recipe.run.method))
    about = recipe.about
    return MethodCard(recipe_id, about.title, about.paper, about.summary, lead, facts)


def _docstring(method: str) -> str:
    """The docstring of the method's last class that has one; empty without such a file."""
    path = Path(harness.__file__ or "").parent / "methods" / f"{method}.py"
    if not path.is_file():
        return ""
    classes = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    texts = [text for node in classes if not node.name.startswith("_") and (text := ast.get_docstring(node))]
    return max(texts, key=lambda text: len(read_docstring(text)[1]), default="")


def read_docstring(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The first paragraph, and the lines `Name: text` after it with the lines that continue them."""
    lead, _, rest = inspect.cleandoc(text).partition("\n\n")
    facts: list[tuple[str, str]] = []
    for line in rest.splitlines():
        if found := _FACT.match(line):
            facts.append((found[1], found[2]))
        elif facts and line.startswith("    "):
            facts[-1] = (facts[-1][0], f"{facts[-1][1]} {line.strip()}")
    return " ".join(lead.split()), facts


def _prose(text: str) -> str:
    """Code in backticks; everything else as written."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", safe(text))
