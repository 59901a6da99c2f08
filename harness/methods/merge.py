"""Merging: one adapter per domain, trained apart, and added up in one model."""

from __future__ import annotations

import time
from typing import Any, Literal

from pydantic import Field

from harness.models.loaded import LanguageModel
from harness.training.adapters.base_identity import require_same_base
from harness.training.continual_lm import StepwiseLM, steps_so_far
from harness.training.contract import LoadContext, TrainContext
from harness.training.method_options import MethodOptions

MERGED = "merged"
"""Name of the adapter that peft makes of the others."""


class MergeOptions(MethodOptions):
    """How adapters are added up."""

    combination_type: Literal["cat", "ties_svd"] = "cat"
    """As peft spells it. `cat`: the weighted sum of the changes, exactly (task arithmetic). `ties_svd`: small changes
    and those against the majority's sign are dropped first, and the sum gets the adapters' rank again (TIES)."""
    weight: float = Field(default=1.0, gt=0, le=2)
    """Factor of each adapter's change."""
    density: float = Field(default=0.5, gt=0, le=1)
    """Share of the entries that TIES keeps; `cat` keeps all."""


class Merge(StepwiseLM):
    """Task arithmetic (Ilharco et al. 2023, arXiv 2212.04089) or TIES (Yadav et al. 2023, arXiv 2306.01708) on LoRA.

    What it optimises: cross-entropy of the new domain's answers, with a new adapter on the base model. A run answers
        with the sum of the adapters of all steps so far.
    Data: `classify` or `answer` questions of the new domain alone.
    Cost: that of `continual/naive`; merging when a run is loaded takes seconds (`cat`), or a singular value
        decomposition of every changed weight (`ties_svd`).
    Use it: where teams train apart, or where a domain must be taken out again: leave out its adapter.
    Not for: similar domains whose answers exclude each other: their changes interfere.
    Related: `continual/naive` trains one adapter further; `continual/joint`.
    Options: `combination_type`, `weight`, `density`.
    Example: `python -m harness train continual/merge --domain hs_products --domain icd10 --seed 0`
    """

    options_model = MergeOptions

    def adapt(self, model: Any, context: TrainContext) -> Any:
        """A new adapter in every step."""
        return super(StepwiseLM, self).adapt(model, context)

    def load_unmerged(self, context: LoadContext) -> LanguageModel:
        """The base with the sum of the adapters of all steps.

        Raises:
            DataError: the base is not the one that an adapter was trained on.
        """
        from peft import PeftModel

        steps = list(steps_so_far(context))
        for step in steps:
            require_same_base(step, step.folder / self.saved_as)
        start = self.start(context)
        started = time.perf_counter()
        names = [f"step_{number}" for number in range(1, len(steps) + 1)]
        folders = [step.folder / self.saved_as for step in steps]
        model = PeftModel.from_pretrained(start.model, folders[0], adapter_name=names[0], local_files_only=True)
        for name, folder in zip(names[1:], folders[1:], strict=True):
            model.load_adapter(folder, adapter_name=name, local_files_only=True)
        if len(steps) > 1:
            self._add_up(model, names, MergeOptions.of(context.recipe))
        return start.with_adapter(model.eval(), seconds=time.perf_counter() - started)

    def _add_up(self, model: Any, names: list[str], options: MergeOptions) -> None:
        """Make the sum the only adapter, so that it alone is merged into the weights."""
        ties = options.combination_type != "cat"
        model.add_weighted_adapter(
            names,
            [options.weight] * len(names),
            MERGED,
            combination_type=options.combination_type,
            **({"density": options.density, "svd_full_matrices": False} if ties else {}),
        )
        model.set_adapter(MERGED)
        for name in names:
            model.delete_adapter(name)
