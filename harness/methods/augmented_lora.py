"""LoRA on a few items and changed copies of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.augment.augment import NOISES, augmented
from harness.config.recipe import Recipe
from harness.errors import ConfigError, DataError, RunFailed, did_you_mean
from harness.items.rows import Question
from harness.methods.lora import Lora
from harness.training.contract import TrainContext
from harness.training.lesson import Lesson


class AugmentedLora(Lora):
    """LoRA whose items come once as they are and several times with their text changed (EDA: Wei and Zou 2019, arXiv
    1901.11196).

    What it optimises: as `peft/lora`; the answer of a copy is that of its item.
    Data: `classify` or `answer` questions whose prompts hold their text. Only training items are copied.
    Cost: that of LoRA with `1 + copies` times the examples. `budget.epochs` counts passes over items and copies, so a
        recipe with a `1 + copies`-th of another's epochs takes as many steps.
    Use it: with tens of items, when users write with typos and abbreviations anyway.
    Not for: hundreds of items and more, where it rarely helps; texts in which a letter or the order of words decides.
    Related: `lowresource/fewshot_lora`, which sees the items themselves as often as this sees them and their copies.
    Options: `ways` (those of harness/domains/augment, in turn; no `synonym`, which needs the domain's lists), `copies`
        of each item. Where the ways know fewer changes of a text than that, the text itself stands in.
    Example: `python -m harness train lowresource/fewshot_lora_augmented --domain hs_products --seed 0`
    """

    options = {"ways": ["typos", "swap", "deletion", "abbreviated"], "copies": 4}

    def refusals(self, recipe: Recipe) -> Iterator[tuple[tuple[str, ...], ConfigError]]:
        """Ways that do not exist, and numbers of copies that make none."""
        yield from super().refusals(recipe)
        where = f"recipes/{recipe.id}.yaml"
        chosen = {**self.options, **recipe.run.options}
        ways, copies = chosen["ways"], chosen["copies"]
        for way in ways if isinstance(ways, list) and ways else [ways]:
            if not isinstance(way, str) or way not in NOISES:
                hint = did_you_mean(str(way), NOISES)
                yield ("options", "ways"), ConfigError(f"no way to augment is {way!r}", where=where, hint=hint)
        if type(copies) is not int or copies < 1:
            what = f"`run.options.copies` is {copies!r}"
            yield ("options", "copies"), ConfigError(what, where=where, expected="a whole number of at least 1")

    def lessons(self, context: TrainContext) -> list[Lesson]:
        """Every item, then every item's copies.

        Raises:
            RunFailed: a domain has nothing to learn from, or prompts that do not hold their text.
        """
        chosen = self.chosen_options(context.recipe)
        plain = super().lessons(context)
        return plain + [
            replace(lesson, question=copy)
            for lesson in plain
            for copy in changed_copies(lesson.question, ways=chosen["ways"], copies=chosen["copies"], seed=context.seed)
        ]


def changed_copies(question: Question, *, ways: Sequence[str], copies: int, seed: int) -> list[Question]:
    """Exactly `copies` of it: the first change by each way, then the second by each, and so on.

    Raises:
        RunFailed: the prompt does not hold the text.
    """
    try:
        made = augmented([question], ways=ways, copies=copies, seed=seed)
    except DataError as error:
        raise RunFailed(f"refused: {error.what}") from None
    made.sort(key=lambda copy: int(copy.id.rpartition("-")[2]))  # stable: the ways stay in their order
    return [*made, *[question] * copies][:copies]
