"""LoRA on a few items and changed copies of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import Field

from harness.augment.augment import augmented
from harness.errors import DataError, RunFailed
from harness.items.rows import Question
from harness.methods.lora import Lora
from harness.training.contract import TrainContext
from harness.training.lessons.lesson import Lesson
from harness.training.method_options import MethodOptions

Way = Literal["typos", "swap", "deletion", "upper", "emoji", "abbreviated"]
"""The names in `harness.augment.augment.NOISES`."""


class AugmentOptions(MethodOptions):
    """How copies differ from their item, and how many there are."""

    ways: list[Way] = Field(default=["typos", "swap", "deletion", "abbreviated"], min_length=1)
    """Ways to change a text, used in turn (`harness/augment`). `synonym` needs lists of the domain and is left out."""
    copies: int = Field(default=4, ge=1)
    """Changed copies of each item."""


class AugmentedLora(Lora):
    """LoRA on each item as it is and on several copies with a changed text (EDA: Wei and Zou 2019, arXiv 1901.11196).

    What it optimises: as `peft/lora`; a copy has the answer of its item.
    Data: `classify` or `answer` questions whose prompts contain the item's text. Only training items are copied.
    Cost: that of LoRA with `1 + copies` times the examples. `budget.epochs` counts passes over items and copies:
        divide the epochs by `1 + copies` to take as many steps as a recipe without copies.
    Use it: with tens of items, when users write with typos and abbreviations anyway.
    Not for: hundreds of items and more, where it rarely helps; texts in which a letter or the order of words matters.
    Related: `lowresource/fewshot_lora` sees the items alone, as often as this recipe sees items and copies.
    Options: `ways`, `copies`. If the ways find fewer changes of a text than `copies`, the unchanged text is repeated.
    Example: `python -m harness train lowresource/fewshot_lora_augmented --domain hs_products --seed 0`
    """

    options_model = AugmentOptions

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """Every item, then the copies of every item.

        Raises:
            RunFailed: a domain has no training item, or a prompt does not contain the item's text.
        """
        options = AugmentOptions.of(context.recipe)
        plain = super().lessons(context)
        return plain + [
            replace(lesson, question=copy)
            for lesson in plain
            for copy in changed_copies(lesson.question, ways=options.ways, copies=options.copies, seed=context.seed)
        ]


def changed_copies(question: Question, *, ways: Sequence[str], copies: int, seed: int) -> list[Question]:
    """Exactly `copies` changed questions: the first change by each way, then the second by each way, and so on.

    Raises:
        RunFailed: the prompt does not contain the text.
    """
    try:
        made = augmented([question], ways=ways, copies=copies, seed=seed)
    except DataError as error:
        raise RunFailed(f"refused: {error.what}") from None
    made.sort(key=lambda copy: int(copy.id.rpartition("-")[2]))  # a stable sort keeps the order of the ways
    return [*made, *[question] * copies][:copies]
