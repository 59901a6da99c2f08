"""Everything that peft can put on a causal language model, as a supervised method."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, ClassVar

from harness.errors import ConfigError, did_you_mean
from harness.models.causal_lm import load_start
from harness.models.loaded import LanguageModel
from harness.training.contract import LoadContext, TrainContext
from harness.training.supervised_lm import SupervisedLM


class PeftLM(SupervisedLM):
    """The base stays frozen; a peft adapter learns. A subclass names the configuration class."""

    saved_as = "adapter"
    config_class: ClassVar[str]
    """Name in the `peft` package, such as `LoraConfig`."""

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """Wrap the model.

        Raises:
            ConfigError: `run.peft` holds an argument the class does not know, or a value peft refuses.
        """
        import peft

        where = f"recipes/{context.recipe.id}.yaml: run.peft"
        config_class = getattr(peft, self.config_class)
        arguments = context.recipe.run.peft
        known = config_class.__dataclass_fields__
        for name in arguments:
            if name not in known:
                raise ConfigError(f'{self.config_class} has no "{name}"', where=where, hint=did_you_mean(name, known))
        try:
            return peft.get_peft_model(model, config_class(task_type="CAUSAL_LM", **arguments))
        except (ValueError, TypeError) as error:
            raise ConfigError(f"peft refuses it: {error}", where=where, hint=_linear_layers(model)) from error

    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """The adapter only, named after its base instead of after a path of this machine."""
        model.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)  # peft's card template, with that path in it
        config = folder / "adapter_config.json"
        content = {**json.loads(config.read_text()), "base_model_name_or_path": base_name}
        config.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")

    def load(self, context: LoadContext) -> LanguageModel:
        """The adapter on what it was trained on."""
        from peft import PeftModel

        start = load_start(context)
        started = time.perf_counter()
        model = PeftModel.from_pretrained(start.model, context.folder / self.saved_as, local_files_only=True)
        return LanguageModel(model.eval(), start.tokenizer, adapter_seconds=time.perf_counter() - started)


def _linear_layers(model: Any) -> str:
    import torch

    names = {name.rsplit(".", 1)[-1] for name, layer in model.named_modules() if isinstance(layer, torch.nn.Linear)}
    return f"linear layers of this model: {', '.join(sorted(names))}"
