"""Joint training: all domains so far at once, from the base."""

from __future__ import annotations

from dataclasses import replace

from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import TrainContext
from harness.training.lessons.lesson import Lesson


class Joint(PeftLM):
    """Train on all domains of the sequence so far, mixed, from the base model: the upper bound of the family.

    What it optimises: cross-entropy of the answers of all domains.
    Data: from each domain as many questions as a single step of the other recipes sees.
    Cost: step n costs n times a step of `continual/naive`.
    Use it: as the bound, and where all data can be kept and training again is affordable.
    Not for: frequent updates.
    Related: `continual/naive`, which sees the new domain only.
    Example: `python -m harness train continual/joint --domain hs_products --domain icd10 --seed 0`
    """

    config_class = "LoraConfig"
    merges = True
    starts_from = None
    takes_subset = False

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """The budget's number of questions from each domain."""
        domains = (*context.earlier_domains, *context.domains)
        budget = context.budget.model_copy(update={"train_examples": context.budget.train_examples * len(domains)})
        return super().lessons(replace(context, domains=domains, earlier_domains=(), budget=budget))
