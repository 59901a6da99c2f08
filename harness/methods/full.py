"""Full fine-tuning: every weight is trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel
from harness.training.contract import LoadContext, TrainContext
from harness.training.supervised_lm import SupervisedLM


class Full(SupervisedLM):
    """Supervised fine-tuning of all weights, with the loss on the answer only.

    What it optimises: cross-entropy of the answer's tokens given the prompt.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: weights, gradients and two Adam moments: about 16 bytes per parameter in float32, plus activations.
    Use it: when memory allows it and one model serves one domain.
    Not for: many domains on one base (each run saves a whole model), or where the base must keep its other abilities.
    Related: `peft/lora` reaches the same accuracy on small data with a fraction of the memory.
    Example: `python -m harness train sft/full --domain hs_products --seed 0`
    """

    other_bases = ("seq2seq_lm",)
    saved_as = "model"

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """The model with every parameter trainable."""
        model.requires_grad_(True)
        return model

    def save(self, model: Any, folder: Path, *, base_name: str | None) -> None:
        """Save the whole model in the layout of Hugging Face."""
        model.config.name_or_path = base_name or ""
        model.save_pretrained(folder)

    def load(self, context: LoadContext) -> LanguageModel:
        """The saved model. The model that it started from is not needed any more."""
        return load_folder(context.folder / self.saved_as, context.device)
