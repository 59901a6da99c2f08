"""trl's SFTTrainer that computes the common prefix of a batch once, where that gives the same loss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from trl import SFTTrainer

from harness.models.prefix import reader
from harness.training.loops.shared_prefix import FEWEST, TOLERANCE, behind_prefix, can_share, shared_tokens
from harness.training.loops.virtual_token_checkpoint import LEARNT, learns_virtual_tokens, restore_learnt, save_learnt


class SharingTrainer(SFTTrainer):  # type: ignore[misc]
    """Computes common prefixes once; its checkpoints also hold what peft leaves out for virtual tokens."""

    shares: bool | None = None
    """Whether the shared computation gives this model's loss; null: not tried yet."""
    penalty: Callable[[], Any] | None = None
    """Gives a term that is added to the loss of every batch."""

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The same value as trl's, plus the penalty."""
        found = self._loss(model, inputs, return_outputs, num_items_in_batch)
        if self.penalty is None:
            return found
        if return_outputs:
            return found[0] + self.penalty(), found[1]
        return found + self.penalty()

    def _loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        shared = self._shared_tokens(model, inputs)
        if shared and self.shares is None:
            self.shares = self._agrees(model, inputs, shared)
        if not (shared and self.shares):
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        with self.accelerator.autocast():
            rest = behind_prefix(model, inputs, shared=shared)
            return super().compute_loss(reader(model), rest, return_outputs, num_items_in_batch)

    def _shared_tokens(self, model: Any, inputs: dict[str, Any]) -> int:
        plain = self.args.use_liger_kernel or self.args.torch_compile or model is not self.model
        if plain or self.shares is False or not can_share(model):
            return 0
        shared = shared_tokens(inputs["input_ids"], inputs["labels"])
        return shared if shared >= FEWEST else 0

    def _agrees(self, model: Any, inputs: dict[str, Any], shared: int) -> bool:
        with torch.no_grad(), self.accelerator.autocast():
            try:
                rest = behind_prefix(model, inputs, shared=shared)
                ours = float(super().compute_loss(reader(model), rest))
            except (TypeError, ValueError, AttributeError) as error:  # an architecture without a plain cache
                print(f"common prefixes are computed in every row ({type(error).__name__}: {error})", flush=True)
                return False
            plain = float(super().compute_loss(model, dict(inputs)))
        difference = abs(ours - plain)
        if not difference <= TOLERANCE[self.args.bf16]:
            print(
                f"common prefixes are computed in every row: computed once, the loss differs by {difference:.2g} nats",
                flush=True,
            )
            return False
        return True

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        super()._save(output_dir, state_dict)
        if learns_virtual_tokens(self.model):
            save_learnt(self.model, Path(output_dir or self.args.output_dir) / LEARNT)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        if learns_virtual_tokens(self.model):
            restore_learnt(self.model, Path(resume_from_checkpoint) / LEARNT)
        else:
            super()._load_from_checkpoint(resume_from_checkpoint, model)
