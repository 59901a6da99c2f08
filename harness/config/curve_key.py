"""What names one learning curve everywhere: (recipe, domain) -> `lowresource/setfit-hs_products`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.config.folds import first_fold
from harness.config.params import Params
from harness.config.project import RECORDS, Project

CURVES_FOLDER = f"{RECORDS}/curves"


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

    @property
    def stage(self) -> str:
        """The DVC stage that makes it: `curve_lowresource@setfit-hs_products`."""
        return f"{curve_group(self.family)}@{self.recipe}-{self.domain}"

    def folder(self, project: Project) -> Path:
        """Where `harness curve` puts its points. They are in git."""
        return project.root / CURVES_FOLDER / self.id


def curve_group(family: str) -> str:
    """The stage group of dvc.yaml that makes the curves of a family."""
    return f"curve_{family}"


def active_curves(project: Project, params: Params | None = None) -> Iterator[CurveKey]:
    """Every curve that `params` asks for; without `params`, those of params.yaml. Of a domain with folds,
    the first fold alone has curves.
    """
    params = params or project.params
    for family, recipes in params.recipes.items():
        if project.family(family).learning_curves:
            for recipe in recipes:
                for domain in params.curve_domains(family):
                    if first_fold(project, domain) == domain:
                        yield CurveKey(family, recipe, domain)
