"""Super-NaturalInstructions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.errors import DataError
from harness.user_files.cells import is_cell, joined, spelled
from harness.user_files.columns import Columns
from harness.user_files.decisions import DecisionLog
from harness.user_files.formats.contract import Draft, RecordFormat
from harness.user_files.record import Record

EXAMPLES = "worked examples of tasks (Positive and Negative Examples) were not used"


class SuperNaturalInstructions(RecordFormat):
    """A task with its definition and its instances (Wang et al., 2022); one record is one task.

    Text: the definition, a blank line, the instance's input. The first output is the answer, the others further right
    answers.
    """

    name = "super_natural_instructions"
    title = "Super-NaturalInstructions (Definition, Instances: input, output)"
    needs = ("text", "answer")

    def fits(self, value: Mapping[str, Any]) -> bool:
        """There is a definition and a list of instances."""
        return "Definition" in value and isinstance(value.get("Instances"), list)

    def items(self, records: Sequence[Record], columns: Columns, *, decisions: DecisionLog) -> Iterator[Draft]:
        """One per instance."""
        for record in records:
            value = record.value
            for name in ("Positive Examples", "Negative Examples"):
                decisions.count(EXAMPLES, len(_listed(value.get(name))))
            definition = joined(*map(spelled, _listed(value.get("Definition"))))
            for number, instance in enumerate(_listed(value.get("Instances")), 1):
                yield _draft(record, definition, instance, where=f"{decisions.at(record)}, instance {number}")


def _draft(record: Record, definition: str, instance: Any, *, where: str) -> Draft:
    inner = instance if isinstance(instance, dict) else {}
    asked, outputs = inner.get("input"), _listed(inner.get("output"))
    if not inner or not all(map(is_cell, [asked, *outputs])):
        raise DataError("the instance is not as expected", where=where, expected='{"input": text, "output": [texts]}')
    said = spelled(asked)
    answers = [words for words in map(spelled, outputs) if words and words.strip()]
    return Draft(
        record,
        joined(definition, said) if said and said.strip() else None,
        answer=answers[0] if answers else None,
        other_answers=tuple(answers[1:]),
        id=spelled(inner.get("id")) if is_cell(inner.get("id")) else None,
    )


def _listed(value: Any) -> list[Any]:
    """Some tasks have a text where most have a list of texts."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
