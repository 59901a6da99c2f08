"""LoRA on one half of the training clusters, so that the model can judge the other half."""

from __future__ import annotations

from pydantic import Field

from harness.errors import RunFailed
from harness.items.item import shuffle_key
from harness.items.rows import Question
from harness.training.adapters.peft_lm import PeftLM
from harness.training.contract import TrainContext, first_view
from harness.training.lessons.lesson import Lesson
from harness.training.lessons.pair_mix import Half, half_of
from harness.training.method_options import MethodOptions


class HalfOptions(MethodOptions):
    """Which half it learns."""

    half: Half = Field(default="second")
    """The half of the clusters that it learns from. A judge that is made of it judges the other half."""


class HalfLora(PeftLM):
    """Supervised LoRA (`peft/lora`) on one half of the training clusters.

    What it optimises: cross-entropy of the answer's tokens, as `peft/lora`.
    Data: `classify` questions of its half, as many as the budget allows.
    Cost: that of `peft/lora`.
    Use it: as a teacher that judges answers to questions which it has not learnt (`rlaif/teacher`).
    Not for: the best score; `peft/lora` may learn from all items.
    Related: `peft/lora`, from all training items; `rlaif/teacher`, the judge that is made of it.
    Options: `half`.
    Example: `python -m harness train rlaif/teacher_sft --domain hs_products --seed 0`
    """

    config_class = "LoraConfig"
    merges = True
    options_model = HalfOptions
    takes_subset = False

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """The budget's number of questions of its half, the same number from each domain.

        Raises:
            RunFailed: a domain has nothing to learn from, or nothing in this half.
        """
        half, share = HalfOptions.of(context.recipe).half, context.budget.train_examples // len(context.domains)
        found: list[Lesson] = []
        for domain in context.domains:
            view = first_view(domain, self.views)
            rows = [row for row in domain.rows(Question, view, "train") if half_of(row.cluster) == half]
            if not rows:
                raise RunFailed(f"refused: the {half} half of the training items of {domain.name} is empty")
            found += [Lesson(row, view) for row in rows[:share]]
        return sorted(found, key=lambda lesson: shuffle_key(0, lesson.question.id))
