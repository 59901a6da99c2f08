"""One way to fine-tune = one file: `recipes/<family>/<recipe>.yaml`, a diff over `_family.yaml`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from harness.config.strict import StrictModel
from harness.config.tuned import Tune, Tuned

Section = Literal["transfer"]
"""A section of the report that shows some recipes only. `transfer`: recipes that learnt different tasks of a domain,
each scored on all of these tasks."""


class About(StrictModel):
    """What the board shows about the recipe. Changing it re-runs nothing."""

    title: str
    """Name of the row on the board."""
    paper: str | None = None
    """URL of the publication, if there is one."""
    summary: str = ""
    """One or two sentences for the board."""
    reference: bool = False
    """Every difference on the board is taken to this recipe. Only one recipe may be the reference."""
    sections: list[Section] = []
    """Report sections in which the recipe appears, besides the main table; without the key: those of its family."""


class Train(StrictModel):
    """Settings of the optimiser, named as in transformers.TrainingArguments."""

    learning_rate: float = Field(gt=0, le=10)
    """Peak of its schedule. The recipe or its family must give it."""
    per_device_train_batch_size: int = Field(default=16, gt=0)
    """Rows that are on the device at once."""
    gradient_accumulation_steps: int = Field(default=1, gt=0)
    """Batches per update; their gradients are added up."""
    lr_scheduler_type: Literal["linear", "cosine", "constant", "constant_with_warmup"] = "cosine"
    """Course of the learning rate after the warmup."""
    warmup_steps: float = Field(default=0.1, ge=0)
    """Steps over which the learning rate rises from zero; a number below 1 is a share of all steps."""
    weight_decay: float = Field(default=0.0, ge=0)
    """Decoupled weight decay of AdamW."""
    max_grad_norm: float = Field(default=1.0, gt=0)
    """Gradients with a larger norm are scaled down to it."""
    optim: str = "adamw_torch"
    """Optimiser, as transformers names it."""
    activation_checkpointing: bool = False
    """Recompute activations in the backward pass: less memory, more time."""
    torch_compile: bool = False
    """Compile the model first: this takes minutes, which pay off in long trainings."""
    use_liger_kernel: bool = False
    """Fused CUDA kernels from the package liger-kernel."""


class Budget(StrictModel):
    """What every recipe of one board may use. The board flags a recipe that overrides it."""

    train_examples: int = Field(gt=0)
    """Number of training examples, the same for every recipe."""
    epochs: float = Field(gt=0)
    """Passes over the training examples."""
    max_length: int = Field(gt=0)
    """Tokens of prompt plus answer. Longer prompts are cut on the left, and the record counts them."""


class BudgetOverride(StrictModel):
    """The part of the budget that a recipe changes; None leaves the board's value."""

    train_examples: int | None = Field(default=None, gt=0)
    """Number of training examples."""
    epochs: float | None = Field(default=None, gt=0)
    """Passes over the training examples."""
    max_length: int | None = Field(default=None, gt=0)
    """Tokens of prompt plus answer."""


class Subset(StrictModel):
    """A few training items, drawn anew for every seed. Low-resource recipes use it."""

    per_label: int | None = Field(default=None, gt=0)
    """Number of items of each label; null: `budget.train_examples` items in total."""


class Run(StrictModel):
    """Everything that changes the result. DVC re-runs the recipe when any of it changes."""

    method: str
    """Name of the module in harness/methods/."""
    base: str | None = None
    """Role in params.base_models of the pretrained model; null: the role that the method prefers."""
    init: str | dict[str, str] = "base"
    """`base`, a recipe whose run is trained further (`sft/full`), or recipes by role
    (`{policy: sft/full, reward: rlhf/reward}`). The method says which roles it knows."""
    options: dict[str, Any] = Field(default_factory=dict)
    """Settings of the method itself; docs/reference.md lists them. The method's `options_model` is their type."""
    peft: dict[str, Any] = Field(default_factory=dict)
    """Arguments of the configuration class of peft, with peft's names."""
    train: Train | None = None
    """Settings of the optimiser; null for methods that train no weights."""
    budget: BudgetOverride = BudgetOverride()
    """Where the recipe leaves the budget of the board. The board flags it."""
    subset: Subset | None = None
    """null: the first items of the budget, the same for every seed."""

    @property
    def parent_ids(self) -> tuple[str, ...]:
        """Recipes whose runs must exist before this one, each once. The method gives them roles (`parents_of`)."""
        if isinstance(self.init, dict):
            return tuple(dict.fromkeys(self.init.values()))
        return () if self.init == "base" else (self.init,)


class Recipe(StrictModel):
    """A resolved recipe: the family's defaults with the file's own keys on top."""

    family: str
    """Folder of the file."""
    name: str
    """Name of the file."""
    about: About
    """What the board shows; editing it re-runs nothing."""
    run: Run
    """What changes the result."""
    tune: Tune | None = None
    """The grid that `harness tune` tries; null: there is nothing to tune."""
    tuned: Tuned | None = None
    """The result of tuning; `harness tune` writes it."""

    @property
    def id(self) -> str:
        """`peft/lora`. The same word names the stage, the file, the folder and the row."""
        return f"{self.family}/{self.name}"
