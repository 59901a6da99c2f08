"""How the board judges, which suites it shows, and which role each recipe has on it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.config.recipe import Section
from harness.config.reference import reference_of
from harness.evidence.resampling import Estimate, Resampling
from harness.evidence.verdict import Verdict, verdict

if TYPE_CHECKING:
    from harness.config.project import Project
    from harness.config.suite import Suite


@dataclass(frozen=True)
class Settings:
    """How the board judges and what it shows."""

    resampling: Resampling
    margin: float
    """Differences smaller than this do not matter in practice."""
    suites: Mapping[str, Suite] = field(default_factory=dict)
    """The active suites in order: where several share a column of the board, the column shows the first that has
    questions for the domain."""
    reference: str | None = None
    """Id of the recipe that every difference is taken to (`about.reference`); null: there are no differences."""
    family_references: tuple[str, ...] = ()
    """Ids of the recipes that take its place on domains where it has no row (`reference` of a family), in the order of
    the families."""
    sections: Mapping[Section, frozenset[str]] = field(default_factory=dict)
    """Section of the report -> ids of the recipes that appear in it (`about.sections`)."""
    stepwise: frozenset[str] = frozenset()
    """Ids of recipes that learn sequences. Their runs have a section of their own instead of rows: each step of each
    recipe beside recipes that learnt the domain alone would hide the board's answer and widen its verdicts."""

    @classmethod
    def of(cls, project: Project) -> Settings:
        """The settings in params.yaml, the active suites and the active recipes.

        Raises:
            ConfigError: a file is missing or wrong, or two recipes are the reference.
        """
        scoring, listed = project.params.scoring, project.params.recipes
        ids = {f"{family}/{name}" for family, names in listed.items() for name in names}
        recipes = [project.recipe(recipe_id) for recipe_id in sorted(ids & set(project.recipe_ids))]
        sections: dict[Section, set[str]] = {}
        for recipe in recipes:
            for section in recipe.about.sections:
                sections.setdefault(section, set()).add(recipe.id)
        return cls(
            resampling=Resampling(confidence=scoring.confidence, resamples=scoring.resamples),
            margin=scoring.equivalence_margin,
            suites={name: project.suite(name) for name in project.params.all_suites},
            reference=reference_of(recipes),
            family_references=_family_references(project),
            sections={section: frozenset(found) for section, found in sections.items()},
            stepwise=frozenset(name for name in project.recipe_ids if project.in_sequences(name.split("/")[0])),
        )

    def on_domain(self, recipe_ids: Collection[str]) -> Settings:
        """The settings for a domain on which these recipes have rows: with the reference that has one."""
        if self.reference in recipe_ids:
            return self
        return replace(
            self, reference=next((one for one in self.family_references if one in recipe_ids), self.reference)
        )

    def verdict_on(self, difference: Estimate, adjusted: float | None, *, higher_is_better: bool = True) -> Verdict:
        """Judge a difference by this margin and confidence; `adjusted` is its p-value, corrected for its family."""
        return verdict(
            difference,
            margin=self.margin,
            adjusted=adjusted,
            confidence=self.resampling.confidence,
            higher_is_better=higher_is_better,
        )

    @property
    def task_suites(self) -> dict[str, str]:
        """Task (a view) -> the first suite that asks this view alone; suites of the score come first."""
        found: dict[str, str] = {}
        for column in ("score", "hallucination"):
            for name, suite in self.suites.items():
                if suite.column == column and len(suite.views) == 1 and suite.against is None:
                    found.setdefault(suite.views[0], name)
        return found

    def task_of(self, suite: str | None) -> str | None:
        """The task that a suite asks; null where no task has this suite."""
        return next((task for task, name in self.task_suites.items() if name == suite), None)


def _family_references(project: Project) -> tuple[str, ...]:
    names = sorted(set(project.params.recipes) & set(project.family_names), key=lambda name: project.family(name).order)
    return tuple(f"{name}/{own}" for name in names if (own := project.family(name).reference))
