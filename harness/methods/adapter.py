"""Bottleneck adapters: small layers with a residual inside every block."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.config.recipe import Recipe
from harness.errors import ConfigError, DataError, did_you_mean
from harness.models.loaded import LanguageModel
from harness.training.base_identity import require_same_base
from harness.training.contract import LoadContext, TrainContext
from harness.training.supervised_lm import SupervisedLM

PLACEMENTS = ("houlsby", "pfeiffer")
WEIGHTS, CONFIG = "bottlenecks.safetensors", "bottlenecks.json"


class Adapter(SupervisedLM):
    """Bottleneck adapters (Houlsby et al. 2019, arXiv 1902.00751; Pfeiffer et al. 2021, arXiv 2005.00247).

    What it optimises: cross-entropy of the answer's tokens, over `o + up(gelu(down(o)))` behind each block's attention
        and feed-forward parts (`houlsby`), or behind the latter only (`pfeiffer`). The base is frozen.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: the base's weights once, gradients and Adam moments of the small layers; every answer takes a little longer,
        as the layers cannot be merged into weights.
    Use it: where adapters of several domains are to be stacked or swapped, or to compare with the older literature.
    Not for: the lowest latency: `peft/lora` costs nothing there once merged.
    Related: `peft/lora` learns beside the weights instead of behind them; `peft/ia3` learns factors only.
    Options: `placement` (houlsby, pfeiffer); `reduction_factor`: the model's width over the bottleneck's;
        `bottleneck`: its width in place of a factor.
    Models: Llama, Qwen, Mistral, Gemma, GPT-2, GPT-NeoX, OPT and others whose parts have the same names.
    Example: `python -m harness train peft/adapter --domain hs_products --seed 0`
    """

    saved_as = "adapter"
    stands_on_base = True
    options = {"placement": "houlsby", "reduction_factor": 8, "bottleneck": None}

    def refusals(self, recipe: Recipe) -> Iterator[tuple[tuple[str, ...], ConfigError]]:
        """Options of impossible values, and `run.peft`, which nothing here reads."""
        where = f"recipes/{recipe.id}.yaml"
        chosen = {**self.options, **recipe.run.options}
        if chosen["placement"] not in PLACEMENTS:
            what = f"`run.options.placement` is {chosen['placement']!r}"
            yield (
                ("options", "placement"),
                ConfigError(what, where=where, hint=did_you_mean(str(chosen["placement"]), PLACEMENTS)),
            )
        for name in ("reduction_factor", "bottleneck"):
            value = chosen[name]
            if name in recipe.run.options and (type(value) is not int or value < 1):
                what = f"`run.options.{name}` is {value!r}"
                yield ("options", name), ConfigError(what, where=where, expected="a whole number of at least 1")
        if recipe.run.peft:
            what = f"method {recipe.run.method} is not made of peft"
            yield ("peft",), ConfigError(what, where=where, hint="it is set by `run.options`")

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """Hang the small layers into the model.

        Raises:
            ConfigError: the bottleneck is wider than the model, or the model's parts have other names.
        """
        chosen = self.chosen_options(context.recipe)
        width = model.config.get_text_config().hidden_size
        bottleneck = chosen["bottleneck"] or width // chosen["reduction_factor"]
        return _attached(model, chosen["placement"], bottleneck, where=f"recipes/{context.recipe.id}.yaml: run.options")

    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """The small layers, and how they were placed."""
        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.bottlenecks.state_dict().items()}
        save_file(weights, folder / WEIGHTS)
        content = {**model.bottlenecks.placed, "base_model_name_or_path": base_name}
        (folder / CONFIG).write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")

    def load(self, context: LoadContext) -> LanguageModel:
        """The small layers in what they were trained in.

        Raises:
            DataError: another base, or weights of another shape.
        """
        from safetensors.torch import load_file

        folder = context.folder / self.saved_as
        require_same_base(context, folder)
        start = self.start(context)
        started = time.perf_counter()
        placed = json.loads((folder / CONFIG).read_text())
        model = _attached(start.model, placed["placement"], placed["bottleneck"], where=str(folder / CONFIG))
        try:
            model.bottlenecks.load_state_dict(load_file(folder / WEIGHTS))
        except RuntimeError as error:
            raise DataError(f"these are not the weights it describes: {error}", where=str(folder / WEIGHTS)) from error
        return start.with_adapter(model.eval(), seconds=time.perf_counter() - started)


def _attached(model: Any, placement: str, bottleneck: int, *, where: str) -> Any:
    from harness.models.bottleneck import attach

    try:
        attach(model, placement=placement, bottleneck=bottleneck)
    except ConfigError as error:
        raise ConfigError(error.what, where=where, expected=error.expected, hint=error.hint) from error
    return model
