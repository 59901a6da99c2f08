"""Super-NaturalInstructions: one task with many instances per record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from harness.errors import DataError
from harness.user_files.cell_text import is_cell, joined, value_text
from harness.user_files.columns import Columns
from harness.user_files.decision_log import DecisionLog
from harness.user_files.drafts.draft import Draft
from harness.user_files.formats.contract import RecordFormat
from harness.user_files.record import Record

EXAMPLES = "worked examples of tasks (Positive Examples, Negative Examples) were not used"


class SuperNaturalInstructions(RecordFormat):
    """A task with its definition and its instances (Wang et al., 2022).

    Each instance is an item. Its text is the definition, a blank line and the instance's input. The first output is the
    answer; further outputs are other right answers.
    """

    name = "super_natural_instructions"
    title = "Super-NaturalInstructions (Definition, Instances: input, output)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """The record has a definition and a list of instances."""
        return "Definition" in value and isinstance(value.get("Instances"), list)

    def drafts(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One draft per instance."""
        for record in records:
            value = record.value
            for name in ("Positive Examples", "Negative Examples"):
                decisions.count(EXAMPLES, len(_listed(value.get(name))))
            definition = joined(*map(value_text, _listed(value.get("Definition"))))
            for number, instance in enumerate(_listed(value.get("Instances")), 1):
                yield _draft(record, definition, instance, where=f"{record.where}, instance {number}")

    def reads(self, names: Collection[str], columns: Columns) -> set[str]:
        """Definition and instances; the worked examples are counted one by one."""
        return {"Definition", "Instances", "Positive Examples", "Negative Examples"}


def _draft(record: Record, definition: str, instance: Any, *, where: str) -> Draft:
    inner = instance if isinstance(instance, dict) else {}
    asked, outputs = inner.get("input"), _listed(inner.get("output"))
    if not inner or not all(map(is_cell, [asked, *outputs])):
        raise DataError(
            "the instance does not have the expected layout",
            where=where,
            expected='{"input": text, "output": [texts]}',
            hint="correct the instance, or remove it",
        )
    question = value_text(asked)
    answers = [text for text in map(value_text, outputs) if text and text.strip()]
    return Draft(
        record,
        joined(definition, question) if question and question.strip() else None,
        answer=answers[0] if answers else None,
        other_answers=tuple(answers[1:]),
        id=value_text(inner.get("id")) if is_cell(inner.get("id")) else None,
    )


def _listed(value: Any) -> list[Any]:
    """The value as a list: some tasks have a text where most have a list of texts."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
