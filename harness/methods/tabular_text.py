"""LoRA on table rows that are written out as text (TabLLM)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from harness.items.media import MediaKind
from harness.items.rows import Question
from harness.media.tables import read_row
from harness.methods.lora import Lora
from harness.models.loaded import LanguageModel
from harness.models.rewritten import RewrittenLM
from harness.training.contract import LoadContext, TrainContext
from harness.training.media_method import MediaMethod

DIGITS = 4
"""Significant digits of a number: a tokenizer makes about one token of each digit."""


class TabularText(MediaMethod, Lora):
    """Rows as text: TabLLM (Hegselmann et al. 2022, arXiv 2210.10723) with LoRA in place of T-Few.

    What it optimises: cross-entropy of the answer's tokens, given the row as text and the question.
    Data: `classify` questions about table rows. A row becomes one line `column: value` per column; numbers have four
        significant digits, and an empty cell is left out.
    Cost: that of `peft/lora`, with prompts that grow with the columns: about nine tokens per number.
    Use it: where the names of columns and categories mean something to a language model, and rows are few.
    Not for: many columns of numbers, where `multimodal/boosting` is better and costs nothing.
    Related: `multimodal/tabular_tokens`, which learns a vector per column; `multimodal/boosting`, trees.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig.
    Example: `python -m harness train multimodal/tabular_text --domain wine --seed 0`
    """

    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"table"})

    def before_loading(self, context: TrainContext) -> None:
        """Refuse what would fail for a reason that can be seen without the model.

        Raises:
            ConfigError, RunFailed: the configuration is wrong, or the questions are not about table rows.
        """
        self.refuse_media(context)
        super().before_loading(context)

    def start(self, context: LoadContext) -> LanguageModel:
        """The model that reads the rows as text."""
        return RewrittenLM.of(super().start(context), with_rows, kinds=frozenset(self.media_kinds))


def with_rows(question: Question) -> Question:
    """The question after its rows as text."""
    rows = "\n\n".join(row_text(read_row(media.file)) for media in question.media)
    return replace(question, prompt=f"{rows}\n\n{question.prompt}")


def row_text(row: Mapping[str, float | str | None]) -> str:
    """One line per column that has a value: `mean radius: 17.99`."""
    return "\n".join(f"{name}: {_cell(value)}" for name, value in row.items() if value is not None)


def _cell(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.{DIGITS}g}"
