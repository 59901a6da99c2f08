"""Everything that peft can put on a language model, as a supervised method."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from harness.config.recipe import Recipe
from harness.errors import ConfigError, did_you_mean
from harness.models.base_roles import BASE_ROLES
from harness.models.loaded import LanguageModel
from harness.models.merging import can_fold
from harness.training.adapted_modules import linear_layers, require_small_ranks, require_targets
from harness.training.base_identity import require_same_base
from harness.training.contract import LoadContext, TrainContext
from harness.training.registry import base_role
from harness.training.supervised_lm import SupervisedLM


class PeftLM(SupervisedLM):
    """The base stays frozen; a peft adapter learns. A subclass names the configuration class."""

    saved_as = "adapter"
    stands_on_base = True
    config_class: ClassVar[str]
    """Name in the `peft` package, such as `LoraConfig`."""
    fixed: ClassVar[Mapping[str, Any]] = {}
    """Arguments of that class that make the method what it is; a recipe cannot set them."""
    merges: ClassVar[bool] = False
    """Whether the saved adapter is merged into the base for scoring."""
    exports_merged: ClassVar[bool] = False
    """Whether `harness export --merge` can merge it: so that it can say which methods it can."""

    def before_loading(self, context: TrainContext) -> None:
        """Look at `run.peft`.

        Raises:
            ConfigError: it holds an argument the class does not know, or that is the method's.
        """
        self.config(context.recipe)

    def config_type(self, recipe: Recipe) -> Any:
        """The configuration class."""
        import peft

        return getattr(peft, self.config_class)

    def config(self, recipe: Recipe) -> Any:
        """The configuration that the recipe describes.

        Raises:
            ConfigError: as `before_loading`, or peft refuses a value.
        """
        where = f"recipes/{recipe.id}.yaml: run.peft"
        config_type = self.config_type(recipe)
        known = config_type.__dataclass_fields__.keys() - {"task_type", "peft_type", "inference_mode", "auto_mapping"}
        for name in recipe.run.peft:
            if name in self.fixed:
                raise ConfigError(f"`{name}` is {self.fixed[name]} in method {recipe.run.method}", where=where)
            if name not in known:
                raise ConfigError(
                    f'{config_type.__name__} has no "{name}"', where=where, hint=did_you_mean(name, known)
                )
        try:
            task_type = BASE_ROLES[base_role(recipe) or ""].peft_task_type
            return config_type(task_type=task_type, **recipe.run.peft, **self.fixed)
        except (ValueError, TypeError) as error:
            raise ConfigError(f"peft refuses it: {error}", where=where) from error

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """Wrap the model.

        Raises:
            ConfigError: a target module does not exist, the rank is too high, or peft refuses the configuration.
        """
        import peft

        where = f"recipes/{context.recipe.id}.yaml: run.peft"
        config = self.config(context.recipe)
        require_targets(model, config, where=where)
        there = linear_layers(model)  # while it has no layers of peft's
        try:
            adapted = peft.get_peft_model(model, config)
        except (ValueError, TypeError, NotImplementedError) as error:
            raise ConfigError(f"peft refuses it: {error}", where=where, hint=there) from error
        require_small_ranks(adapted, where=where)
        return adapted

    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """The adapter only, named after its base instead of after a path of this machine."""
        model.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)  # peft's card template, with that path in it
        config = folder / "adapter_config.json"
        content = {**json.loads(config.read_text()), "base_model_name_or_path": base_name}
        config.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")

    def load(self, context: LoadContext) -> LanguageModel:
        """The adapter on what it was trained on, merged into it where that loses nothing: it answers faster then.

        Raises:
            DataError: the base is not the one it was trained on.
        """
        loaded = self.load_unmerged(context)
        if self.merges and can_fold(loaded.model):
            started = time.perf_counter()
            loaded.model = loaded.model.merge_and_unload().eval()
            loaded.adapter_seconds = (loaded.adapter_seconds or 0) + time.perf_counter() - started
        return loaded

    def load_unmerged(self, context: LoadContext) -> LanguageModel:
        """The adapter beside the weights of what it was trained on.

        Raises:
            DataError: as `load`.
        """
        from peft import PeftModel

        folder = context.folder / self.saved_as
        require_same_base(context, folder)
        start = self.start(context)
        started = time.perf_counter()
        model = PeftModel.from_pretrained(start.model, folder, local_files_only=True)
        return start.with_adapter(model.eval(), seconds=time.perf_counter() - started)
