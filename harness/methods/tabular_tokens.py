"""Table rows as soft tokens of a language model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from harness.items.media import MediaKind
from harness.training.contract import LoadContext, TrainContext
from harness.training.lessons.lesson import Lesson
from harness.training.media.soft_token_lm import SoftTokenLM, SoftTokenOptions

if TYPE_CHECKING:
    from torch import nn

    from harness.models.media_tokens.features import FileReader
    from harness.models.towers.tower import Tower

READER = "columns.json"
"""File of a run: columns, their scaling and their categories."""


class TabularTokenOptions(SoftTokenOptions):
    """How a row is cut into soft tokens."""

    tokens: int = Field(default=8, ge=1, le=64)
    """Soft tokens per row, whatever the number of columns."""


class TabularTokens(SoftTokenLM):
    """Soft tokens for table rows: columns are embedded (FT-Transformer: Gorishniy et al. 2021, arXiv 2106.11959) and
    mixed.

    What it optimises: cross-entropy of the answer's tokens, first over an encoder of columns, then over encoder and
        LoRA.
    Data: `classify` questions with a table row. Columns, their scaling and their categories come from the training
        items. Missing values have a vector per column. A category that training did not have counts as one unknown
        category. Numbers are cut off at 10 standard deviations.
    Cost: that of `peft/lora`, once for each stage. A row takes 8 tokens, however many columns it has.
    Use it: where a language model should read rows with many numbers beside text.
    Not for: rows alone: `multimodal/boosting` is better and a thousand times cheaper.
    Related: `multimodal/tabular_text` writes the row out as text.
    Options: `warm_start`, `align_epochs`, `align_rate`, `tokens`. `run.peft` takes the arguments of peft.LoraConfig.
    Example: `python -m harness train multimodal/tabular_tokens --domain breast_cancer --seed 0`
    """

    saved_as = "adapter"
    media_kinds: ClassVar[frozenset[MediaKind]] = frozenset({"table"})
    options_model = TabularTokenOptions
    after_text = True

    def reader(self, context: LoadContext) -> FileReader | Tower:
        """Rows by the columns of the training items.

        Raises:
            DataError: a file cannot be read.
        """
        from harness.models.media_tokens.row_reader import RowReader

        saved = context.folder / self.saved_as / READER
        if saved.is_file():
            return RowReader.of(json.loads(saved.read_text(encoding="utf-8")))
        assert isinstance(context, TrainContext)
        return RowReader.fitted(self.training_files(context))

    def save_reader(self, reader: Any, folder: Path) -> None:
        """Save columns, scaling and categories."""
        (folder / READER).write_text(json.dumps(reader.facts(), ensure_ascii=False) + "\n", encoding="utf-8")

    def notes(self, lessons: Sequence[Lesson], context: TrainContext) -> dict[str, Any]:
        """What was decided about the cells of the training items."""
        from harness.models.media_tokens.row_reader import RowReader

        files = self.training_files(context)
        return {**super().notes(lessons, context), **RowReader.fitted(files).counted(files)}

    def tokens(self, reader: FileReader | Tower, context: LoadContext | None) -> int:
        """The option."""
        assert context is not None
        return TabularTokenOptions.of(context.recipe).tokens

    def encoder(self, model: Any, reader: FileReader | Tower, context: LoadContext) -> nn.Module:
        """The encoder of columns."""
        from harness.models.media_tokens.encoders import ColumnEncoder, embedding_size
        from harness.models.media_tokens.row_reader import RowReader

        assert isinstance(reader, RowReader)
        hidden = model.config.get_text_config().hidden_size
        return ColumnEncoder(
            len(reader.columns),
            reader.category_count,
            hidden,
            tokens=self.tokens(reader, context),
            size=embedding_size(model),
        )

    def shape(self, reader: FileReader | Tower) -> tuple[int, int]:
        """(columns, 3)."""
        from harness.models.media_tokens.row_reader import RowReader

        assert isinstance(reader, RowReader)
        return len(reader.columns), 3

    def planned_reader(self) -> FileReader | Tower:
        """Thirty columns of numbers."""
        from harness.models.media_tokens.row_reader import RowReader

        names = tuple(f"column {number}" for number in range(30))
        return RowReader(names, mean=(0.0,) * 30, deviation=(1.0,) * 30, categories=((),) * 30)
