"""Supervised fine-tuning of a language model with an adapter from the library peft."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from harness.config.mistakes import Mistake
from harness.config.recipe import Recipe
from harness.config.strict import refuse_all
from harness.errors import did_you_mean
from harness.models.base_roles import BASE_ROLES
from harness.models.loaded import LanguageModel
from harness.models.merging import can_fold
from harness.training.adapters.adapted_modules import linear_layers, require_small_ranks, require_targets
from harness.training.adapters.base_identity import require_same_base
from harness.training.adapters.peft_source import argument_names
from harness.training.contract import LoadContext, TrainContext
from harness.training.refusals.library_refusal import library_refusal
from harness.training.registry import base_role
from harness.training.supervised_lm import SupervisedLM

SET_BY_HARNESS = frozenset({"task_type", "peft_type", "inference_mode", "auto_mapping"})
"""Arguments that every configuration class has and no recipe may set."""


SETS = ("target_modules", "exclude_modules", "modules_to_save")
"""Settings that peft keeps as sets. Sorted in the saved file, so that the same training gives the same bytes."""


class PeftLM(SupervisedLM):
    """A frozen base and a small adapter from the library peft that learns. A subclass names the configuration class."""

    saved_as = "adapter"
    stands_on_base = True
    takes_peft = True
    config_class: ClassVar[str]
    """Name in the package peft, such as `LoraConfig`."""
    fixed: ClassVar[Mapping[str, Any]] = {}
    """Arguments of that class that define the method; a recipe cannot set them."""
    merges: ClassVar[bool] = False
    """Whether the saved adapter is merged into the base for scoring."""

    def refusals(self, recipe: Recipe) -> Iterator[Mistake]:
        """Arguments in `run.peft` that the configuration class does not have, or that the method sets."""
        name = self.config_name(recipe)
        known = argument_names(name) if name else None
        if name and known is not None:
            yield from self._wrong_arguments(recipe, config_name=name, known=known)

    def before_loading(self, context: TrainContext) -> None:
        """Try the recipe's configuration before a model is loaded.

        Raises:
            ConfigError, RunFailed: as `config`.
        """
        self.config(context.recipe)

    def config_name(self, recipe: Recipe) -> str | None:
        """Name of the configuration class, found without importing peft; None if it is not known."""
        return self.config_class

    def config_type(self, recipe: Recipe) -> Any:
        """The configuration class."""
        import peft

        return getattr(peft, self.config_class)

    def config(self, recipe: Recipe) -> Any:
        """The peft configuration that the recipe describes.

        Raises:
            ConfigError: `run.peft` has an argument that is unknown or set by the method.
            RunFailed: peft refuses a value.
        """
        kind = self.config_type(recipe)
        known = frozenset(field.name for field in dataclasses.fields(kind) if field.init)
        wrong = self._wrong_arguments(recipe, config_name=kind.__name__, known=known)
        refuse_all([mistake.located(Path(f"recipes/{recipe.id}.yaml")) for mistake in wrong])
        with library_refusal("peft"):
            return kind(task_type=self.task_type(recipe), **recipe.run.peft, **self.fixed)

    def task_type(self, recipe: Recipe) -> str | None:
        """What peft calls the task: that of the base, unless the method puts another head on it."""
        return BASE_ROLES[base_role(recipe) or ""].peft_task_type

    def _wrong_arguments(self, recipe: Recipe, *, config_name: str, known: frozenset[str]) -> Iterator[Mistake]:
        possible = known - SET_BY_HARNESS - self.fixed.keys()
        for name in recipe.run.peft:
            keys = ("run", "peft", name)
            if name in self.fixed:
                what = f"`{name}` is always {self.fixed[name]} in method {recipe.run.method}"
                yield Mistake(keys, what, hint="remove the line")
            elif name in SET_BY_HARNESS:
                yield Mistake(keys, f"the harness sets `{name}` itself", hint="remove the line")
            elif name not in possible:
                yield Mistake(keys, f'peft.{config_name} has no argument "{name}"', hint=did_you_mean(name, possible))

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """Put the adapter on the model.

        Raises:
            RunFailed: a target module does not exist, the rank is too high, or peft refuses the configuration.
        """
        import peft

        config = self.config(context.recipe)
        require_targets(model, config)
        with library_refusal("peft", note=linear_layers(model)):
            adapted = peft.get_peft_model(model, config)
        require_small_ranks(adapted)
        return adapted

    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """Save the adapter only. Its configuration names the base model instead of a path on this machine."""
        model.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)  # peft's template of a model card contains that path
        config = folder / "adapter_config.json"
        content = {**json.loads(config.read_text()), "base_model_name_or_path": base_name}
        for key in SETS:
            if isinstance(content.get(key), list):
                content[key].sort()
        config.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")

    def load(self, context: LoadContext) -> LanguageModel:
        """The adapter on the model it was trained on, merged where that is exact: a merged model answers faster.

        Raises:
            DataError: the base is not the one that the adapter was trained on.
        """
        loaded = self.load_unmerged(context)
        if self.merges and can_fold(loaded.model):
            started = time.perf_counter()
            loaded.model = loaded.model.merge_and_unload().eval()
            loaded.adapter_seconds = (loaded.adapter_seconds or 0) + time.perf_counter() - started
        return loaded

    def load_unmerged(self, context: LoadContext) -> LanguageModel:
        """The adapter on the model it was trained on, not merged.

        Raises:
            DataError: the base is not the one that the adapter was trained on.
        """
        from peft import PeftModel

        folder = context.folder / self.saved_as
        require_same_base(context, folder)
        start = self.start(context)
        started = time.perf_counter()
        model = PeftModel.from_pretrained(start.model, folder, local_files_only=True)
        return start.with_adapter(model.eval(), seconds=time.perf_counter() - started)
