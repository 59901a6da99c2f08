"""Bottleneck adapters: small layers with a residual inside every block."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from harness.errors import ConfigError, DataError, RunFailed
from harness.models.loaded import LanguageModel
from harness.training.adapters.base_identity import require_same_base
from harness.training.contract import LoadContext, TrainContext
from harness.training.method_options import MethodOptions
from harness.training.supervised_lm import SupervisedLM

WEIGHTS, CONFIG = "bottlenecks.safetensors", "bottlenecks.json"


class AdapterOptions(MethodOptions):
    """Where the small layers are and how wide they are."""

    placement: Literal["houlsby", "pfeiffer"] = "houlsby"
    """`houlsby`: after the attention and the feed-forward part of every block; `pfeiffer`: after the latter only."""
    reduction_factor: int = Field(default=8, ge=1)
    """Width of the model divided by the width of the bottleneck."""
    bottleneck: int | None = Field(default=None, ge=1)
    """Width of the bottleneck; it replaces `reduction_factor`. At most the width of the model."""


class Adapter(SupervisedLM):
    """Bottleneck adapters (Houlsby et al. 2019, arXiv 1902.00751; Pfeiffer et al. 2021, arXiv 2005.00247).

    What it optimises: cross-entropy of the answer's tokens, over `o + up(gelu(down(o)))` after each block's attention
        and feed-forward parts (`houlsby`), or after the latter only (`pfeiffer`). The base is frozen.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: the base's weights once, gradients and Adam moments of the small layers. Every answer takes a little longer,
        because the layers cannot be merged into weights.
    Use it: to stack or swap adapters of several domains, or to compare with the older literature.
    Not for: the lowest latency: `peft/lora` costs nothing at inference once merged.
    Related: `peft/lora` learns beside the weights instead of after them; `peft/ia3` learns factors only.
    Options: `placement` (houlsby, pfeiffer), `reduction_factor` or `bottleneck`.
    Models: Llama, Qwen, Mistral, Gemma, GPT-2, GPT-NeoX, OPT and others whose parts have the same names.
    Example: `python -m harness train peft/adapter --domain hs_products --seed 0`
    """

    saved_as = "adapter"
    stands_on_base = True
    cannot_be_continued = "its layers cannot be merged into the weights of the base model"
    options_model = AdapterOptions

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """Insert the small layers into the model.

        Raises:
            RunFailed: the bottleneck is wider than the model, or the model's parts have other names.
        """
        from harness.models.bottleneck import attach

        options = AdapterOptions.of(context.recipe)
        width = model.config.get_text_config().hidden_size
        try:
            attach(
                model,
                placement=options.placement,
                bottleneck=options.bottleneck or width // options.reduction_factor,
            )
        except ConfigError as error:
            raise RunFailed("; ".join(filter(None, (f"refused: {error.what}", error.expected, error.hint)))) from error
        return model

    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """Save the small layers, and where they were placed."""
        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.bottlenecks.state_dict().items()}
        save_file(weights, folder / WEIGHTS)
        content = {**model.bottlenecks.placed, "base_model_name_or_path": base_name}
        (folder / CONFIG).write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")

    def load(self, context: LoadContext) -> LanguageModel:
        """The model that was trained, with the saved small layers in it.

        Raises:
            DataError: the base is another one, or the saved weights have other shapes.
        """
        from safetensors.torch import load_file

        from harness.models.bottleneck import attach

        folder = context.folder / self.saved_as
        require_same_base(context, folder)
        start = self.start(context)
        started = time.perf_counter()
        placed = json.loads((folder / CONFIG).read_text())
        attach(start.model, placement=placed["placement"], bottleneck=placed["bottleneck"])
        try:
            start.model.bottlenecks.load_state_dict(load_file(folder / WEIGHTS))
        except RuntimeError as error:
            what = f"the weights do not fit the layers that {CONFIG} describes: {error}"
            raise DataError(what, where=str(folder / WEIGHTS)) from error
        return start.with_adapter(start.model.eval(), seconds=time.perf_counter() - started)
