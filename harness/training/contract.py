"""The method contract: what a file in harness/methods/ must offer, and what it receives.

A method is one class. Class attributes say what it needs (`base`, `views`, `parents`, `options_model`); its functions
train, save and load. Everything else (measuring, provenance, failure rows, scoring) is done around it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from harness.config.mistakes import Mistake
from harness.config.recipe import Budget, Recipe, Train
from harness.errors import ConfigError, RunFailed
from harness.items.item import Split, shuffle_key
from harness.items.prepared import PreparedDomain, ViewRow
from harness.measure.device import Device
from harness.measure.phases import Phases
from harness.models.loaded import LanguageModel, LoadedModel
from harness.training.lessons.subset import draw
from harness.training.method_options import MethodOptions
from harness.training.training_curve import CurvePoint


@dataclass(frozen=True)
class LoadContext:
    """What is needed to load a saved model: its folder, its recipe, its base model and the runs it started from."""

    folder: Path
    """The run's `train/` folder. While training: the temporary folder that is renamed to it at the end."""
    recipe: Recipe
    base: Path | None
    """Folder of the pretrained model of the recipe's role; null if the method needs none."""
    base_name: str | None
    parents: Mapping[str, LoadContext]
    """Role -> the finished run this one starts from, with its own parents."""
    device: Device


@dataclass(frozen=True)
class TrainContext(LoadContext):
    """What `train` may use in addition: data, seed, budget, a folder for checkpoints, a stopwatch."""

    domains: tuple[PreparedDomain, ...]
    """The domains to learn now: one, or several as a mixture. In a sequence: the domain that is new in this step."""
    seed: int
    budget: Budget
    checkpoints: Path
    """Folder that survives an interrupted stage; it is deleted after a finished training."""
    checkpoint_minutes: float
    """Minutes between two checkpoints."""
    config_hash: str
    """Hash of everything that determines the result. A checkpoint with a different hash is not continued."""
    phases: Phases
    label: str
    """The run's id, for progress lines."""
    others: tuple[PreparedDomain, ...] = ()
    """The other prepared domains, ordered by name, for methods with `reads_other_domains`."""
    earlier_domains: tuple[PreparedDomain, ...] = ()
    """In a sequence: the domains of the earlier steps in their order, for methods that replay them. Else empty."""

    @property
    def settings(self) -> Train:
        """The optimiser's settings.

        Raises:
            ConfigError: the recipe has no `run.train`.
        """
        if self.recipe.run.train is None:
            raise ConfigError(
                "the key `run.train` is missing",
                where=f"recipes/{self.recipe.id}.yaml",
                hint="give at least `train: {learning_rate: ...}`",
            )
        return self.recipe.run.train

    def rows(self, kind: type[ViewRow], views: Sequence[str], split: Split) -> list[ViewRow]:
        """Rows to train on: from each domain the first of `views` that it has training items for.

        `kind` is the class of the views' rows, such as Question or Preference. Training: the budget's number of rows,
        the same number from each domain, mixed. Other splits: all rows, domain after domain. All seeds use the same
        rows unless the recipe sets `subset`.

        Raises:
            RunFailed: a domain has none of the views, no row of this split, or too few rows for the `subset`.
        """
        chosen = [(domain, first_view(domain, views)) for domain in self.domains]
        for domain, view in chosen:
            if not domain.count(view, split):
                raise RunFailed(f"refused: the view {view} of the domain {domain.name} has no {split} item")
        of_each = [domain.rows(kind, view, split) for domain, view in chosen]
        if split != "train":
            return [row for rows in of_each for row in rows]
        share = self.budget.train_examples // len(self.domains)
        return sorted(
            (row for rows in of_each for row in self._drawn(rows, share)), key=lambda row: shuffle_key(0, row.id)
        )

    def _drawn(self, rows: Sequence[ViewRow], count: int) -> list[ViewRow]:
        subset = self.recipe.run.subset
        return list(rows[:count]) if subset is None else draw(rows, count, subset=subset, seed=self.seed)


def first_view(domain: PreparedDomain, views: Sequence[str]) -> str:
    """The first of `views` that the domain has training items for.

    Raises:
        RunFailed: it has none of them. The board shows this reason; the pipeline goes on.
    """
    for view in views:
        if domain.count(view, "train"):
            return view
    has = ", ".join(name for name in domain.meta["views"] if domain.count(name, "train")) or "nothing to learn from"
    raise RunFailed(f"refused: it learns from {' or '.join(views)}, and the domain {domain.name} has {has}")


@dataclass(frozen=True)
class TrainedModel:
    """The facts for run.json, which `train` returns after it has saved the weights in `context.folder`."""

    trainable_parameters: int
    total_parameters: int
    examples: int
    """Training examples of one epoch."""
    steps: int = 0
    """Optimiser steps."""
    tokens: int = 0
    """Tokens read in all epochs."""
    supervised_tokens: int = 0
    """Of these, the tokens that the loss was computed on."""
    truncated: int = 0
    """Examples that were cut to the budget's length."""
    output_change: float | None = None
    """Largest absolute change of an output on probe texts; null where nothing is trained."""
    curve: list[CurvePoint] = field(default_factory=list)
    """Every number that was logged while training, by step and name."""
    cpu_phases: tuple[str, ...] = ()
    """Phases (names of the stopwatch) that compute on the CPU also on a machine with a GPU: they are priced so."""
    notes: dict[str, Any] = field(default_factory=dict)
    """Further facts, by name."""


class Method(ABC):
    """One way to fine-tune. The docstring of each subclass is its data sheet.

    The class attributes say which recipes the method accepts. `harness check` and every training compare the recipe
    with them (`harness/training/refusals/misfits.py`), so a method need not check its recipe itself.
    """

    base: ClassVar[str | None] = None
    """Role in `params.base_models` of the pretrained model (`causal_lm`, `encoder`); None: it needs none."""
    other_bases: ClassVar[tuple[str, ...]] = ()
    """Further roles that a recipe may choose with `run.base`."""
    starts_from: ClassVar[str | None] = None
    """Role in `run.init` of the run whose model this method trains further; None: it starts from `base` only.
    `init: sft/full` is short for `init: {<this role>: sft/full}`. A recipe may leave the role out."""
    start_kind: ClassVar[type[LoadedModel]] = LanguageModel
    """Class of model that the run in the role `starts_from` must load."""
    parents: ClassVar[tuple[str, ...]] = ()
    """Further roles that `run.init` must name a run for (`reward`)."""
    cannot_be_continued: ClassVar[str | None] = None
    """Reason why no method can train further on runs of this one; None: methods can."""
    reads_other_domains: ClassVar[bool] = False
    """Whether it learns from all prepared domains, not only from those of the run."""
    views: ClassVar[tuple[str, ...]] = ("classify",)
    """Views it can learn from, best first. A domain must have one of them. Empty: the method needs no data."""
    options_model: ClassVar[type[MethodOptions]] = MethodOptions
    """Type of `run.options`. `options_model.of(recipe)` gives the values."""
    takes_peft: ClassVar[bool] = False
    """Whether it reads `run.peft`."""
    takes_subset: ClassVar[bool] = True
    """Whether it can learn from the few items that `run.subset` draws."""
    needs_train_settings: ClassVar[bool] = False
    """Whether the recipe must have `run.train`."""
    refused_train_settings: ClassVar[Mapping[str, str]] = {}
    """Keys of `run.train` that a recipe must leave at their default -> the reason."""

    @abstractmethod
    def train(self, context: TrainContext) -> TrainedModel:
        """Train, and save into `context.folder` as safetensors, JSON or text. Pickle is not allowed.

        Raises:
            RunFailed: the training ended without a usable model; the board shows the reason.
        """

    @abstractmethod
    def load(self, context: LoadContext) -> LoadedModel:
        """Load the saved model for scoring. The annotated return type says which class of model that is."""

    def refusals(self, recipe: Recipe) -> Iterator[Mistake]:
        """Mistakes of a recipe that neither class attributes nor `options_model` can express.

        The recipe's options are valid. `harness check` calls this, so it must not import heavy libraries.
        """
        return iter(())

    def learns(self, domain: PreparedDomain, recipe: Recipe) -> list[str]:
        """Views of the domain that a recipe learns, by default one. `harness tune` takes the mean of their scores.

        Raises:
            RunFailed: the domain has none of them.
        """
        return [first_view(domain, self.views)] if self.views else []
