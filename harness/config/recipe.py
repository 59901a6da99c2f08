"""One way to fine-tune = one file: `recipes/<family>/<recipe>.yaml`, a diff over `_family.yaml`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from harness.config.strict import StrictModel
from harness.config.tuned import Tune, Tuned


class About(StrictModel):
    """What the board says of the recipe. Changing it re-runs nothing."""

    title: str
    paper: str | None = None
    """URL of the publication, if there is one."""
    summary: str = ""


class Train(StrictModel):
    """The optimiser's settings, in the spelling of transformers.TrainingArguments."""

    learning_rate: float = Field(gt=0, le=10)
    per_device_train_batch_size: int = Field(default=16, gt=0)
    gradient_accumulation_steps: int = Field(default=1, gt=0)
    lr_scheduler_type: Literal["linear", "cosine", "constant", "constant_with_warmup"] = "cosine"
    warmup_steps: float = Field(default=0.1, ge=0)
    """Steps over which the rate rises from zero; below 1 it is a share of all steps."""
    weight_decay: float = Field(default=0.0, ge=0)
    max_grad_norm: float = Field(default=1.0, gt=0)
    optim: str = "adamw_torch"
    activation_checkpointing: bool = False
    """Recompute activations in the backward pass: less memory, more time."""
    torch_compile: bool = False
    """Compile the model first: minutes that pay in long trainings."""
    use_liger_kernel: bool = False
    """Fused kernels for CUDA, from the package liger-kernel."""


class Budget(StrictModel):
    """What every recipe of one board may use. A recipe that overrides it is flagged on the board."""

    train_examples: int = Field(gt=0)
    """Training items, the same for every recipe."""
    epochs: float = Field(gt=0)
    """Passes over them."""
    max_length: int = Field(gt=0)
    """Tokens of prompt plus answer; longer prompts are cut on the left and counted."""


class BudgetOverride(StrictModel):
    """The part of the budget a recipe changes."""

    train_examples: int | None = Field(default=None, gt=0)
    epochs: float | None = Field(default=None, gt=0)
    max_length: int | None = Field(default=None, gt=0)


class Subset(StrictModel):
    """Few training items, drawn anew for every seed: for recipes that ask what little data can do."""

    per_label: int | None = Field(default=None, gt=0)
    """So many of each label in place of the budget's number in all."""


class Run(StrictModel):
    """All that changes the result: DVC re-runs the recipe's column when any of it changes."""

    method: str
    """Name of the module in harness/methods/."""
    base: str | None = None
    """Role in params.base_models of the pretrained model, in place of the method's own; null: the method's."""
    init: str | dict[str, str] = "base"
    """`base`, a parent recipe (`sft/full`), or parents by role (`{policy: sft/full, reward: rlhf/reward}`)."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The method's own knobs; each method checks its own."""
    peft: dict[str, Any] = Field(default_factory=dict)
    """Arguments of the PEFT configuration class, spelled as peft spells them."""
    train: Train | None = None
    budget: BudgetOverride = BudgetOverride()
    subset: Subset | None = None
    """null: the budget's first items, the same for every seed."""

    @property
    def parents(self) -> dict[str, str]:
        """Role -> recipe id of every run that must exist before this one."""
        if isinstance(self.init, dict):
            return dict(self.init)
        return {} if self.init == "base" else {"model": self.init}


class Recipe(StrictModel):
    """A resolved recipe: the family's defaults with the file's own keys on top."""

    family: str
    name: str
    about: About
    run: Run
    tune: Tune | None = None
    """The grid that `harness tune` tries; null where there is nothing to tune."""
    tuned: Tuned | None = None
    """What came of it, written by `harness tune`."""

    @property
    def id(self) -> str:
        """`peft/lora`: the word that names stage, file, folder and row."""
        return f"{self.family}/{self.name}"
