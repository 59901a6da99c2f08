"""Formats with one instruction, an optional context and one reply, each in its own column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from harness.user_files.cell_text import cell_text, is_cell, joined
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.context import context_columns, with_context
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.formats.dialogue import Turn
from harness.user_files.record import Record


class InstructionFormat(RecordFormat):
    """The text is the columns `asked_from` in this order, with blank lines between; the answer is the reply.

    A system prompt, tools and earlier turns in columns of their own stand before the text (see `context`).
    """

    needs = ("text", "answer")
    is_one_reply = True
    instruction: ClassVar[str]
    """Column of the instruction. A record without an instruction is left out."""
    reply: ClassVar[str]
    """Column of the reply."""
    asked_from: ClassVar[tuple[str, ...]]
    """Columns of the instruction and of its context, in the order of the text."""
    optional: ClassVar[tuple[str, ...]] = ()
    """Columns that may be missing."""
    required: ClassVar[tuple[str, ...]] = ()
    """Columns of the context that must exist."""

    def fits(self, value: Mapping[str, Any]) -> bool:
        """All columns that are not optional exist, and each column holds one value."""
        keys = {*self.asked_from, *self.required, self.reply}
        return keys - set(self.optional) <= value.keys() and all(is_cell(value.get(key)) for key in keys)

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per record."""
        for record in records:
            instruction = cell_text(record, self.instruction)
            parts = [cell_text(record, column) for column in self.asked_from]
            answer = cell_text(record, self.reply)
            if not instruction or not instruction.strip():
                yield Draft(record, None, answer=answer)
            elif (text := with_context(record, [Turn("user", joined(*parts))], columns, decisions)) is not None:
                yield Draft(record, text, answer=answer)

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """The columns of the question with its context, and the reply."""
        return {*self.asked_from, self.reply} & set(names) | context_columns(names, columns)


class Alpaca(InstructionFormat):
    """An instruction, an input that may be empty or missing, and the output (Taori et al., 2023).

    `system` and `history`, a list of [question, reply] pairs, are those of LLaMA-Factory.
    """

    name = "alpaca"
    title = "Alpaca (instruction, input, output)"
    instruction, reply = "instruction", "output"
    asked_from = ("instruction", "input")
    optional = ("input",)


class Dolly(InstructionFormat):
    """An instruction, a context that may be empty, and the response (Conover et al., 2023).

    The column `category` holds the kind of task. It becomes the label only with `--label category`.
    """

    name = "dolly"
    title = "Dolly (instruction, context, response, category)"
    instruction, reply = "instruction", "response"
    asked_from = ("instruction", "context")


class OpenOrca(InstructionFormat):
    """A system prompt that may be empty, a question and the response (Lian et al., 2023)."""

    name = "open_orca"
    title = "OpenOrca (system_prompt, question, response)"
    instruction, reply = "question", "response"
    asked_from = ("question",)
    required = ("system_prompt",)


class Flan(InstructionFormat):
    """Inputs and targets (Longpre et al., 2023), with the `definition` that Super-NaturalInstructions files add."""

    name = "flan"
    title = "FLAN (inputs, targets)"
    instruction, reply = "inputs", "targets"
    asked_from = ("definition", "inputs")
    optional = ("definition",)
