"""What names one learning curve everywhere: (recipe, domain) -> `runs/curves/lowresource/setfit-hs_products`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.config.project import Project

CURVE_FAMILY = "lowresource"
"""The family whose recipes get a learning curve."""

CURVE_STAGE = "learning_curve"
"""Their stage group in dvc.yaml."""

CURVES_FOLDER = "runs/curves"


@dataclass(frozen=True)
class CurveKey:
    """One recipe on one domain."""

    family: str
    recipe: str
    domain: str

    @property
    def recipe_id(self) -> str:
        """`lowresource/setfit`."""
        return f"{self.family}/{self.recipe}"

    @property
    def id(self) -> str:
        """`lowresource/setfit-hs_products`."""
        return f"{self.recipe_id}-{self.domain}"

    def folder(self, project: Project) -> Path:
        """Where its points lie."""
        return project.root / CURVES_FOLDER / self.id


def active_curves(project: Project) -> Iterator[CurveKey]:
    """Every curve that params.yaml asks for."""
    params = project.params
    for recipe in params.recipes.get(CURVE_FAMILY, []):
        for domain in params.domains:
            yield CurveKey(CURVE_FAMILY, recipe, domain)
