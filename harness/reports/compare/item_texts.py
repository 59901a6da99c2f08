"""What a suite asked, item by item, from the prepared data; the store holds only the ids of the items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.config.folds import folds_of
from harness.config.project import Project
from harness.errors import ConfigError, DataError

if TYPE_CHECKING:
    from harness.items.rows import Row
    from harness.scoring.contract import SuiteKind


@dataclass(frozen=True)
class Texts:
    """The questions of a suite on one domain, or the reason why there are none."""

    questions: Mapping[str, Row] = field(default_factory=dict)
    """Item id -> its question."""
    reason: str | None = None
    kind: SuiteKind | None = None
    """The rule that scored them; null for official tasks."""

    def text(self, item: str) -> str | None:
        """The item's own text, or the prompt where the item has no text; null if unknown."""
        row = self.questions.get(item)
        return None if row is None else _text_of(row)

    def prompt(self, item: str) -> str | None:
        """The whole prompt with everything that the model read about the item, such as an extract; null if unknown."""
        from harness.items.rows import Question

        row = self.questions.get(item)
        return row.prompt if isinstance(row, Question) else self.text(item)

    def gold(self, item: str, recorded: str) -> str:
        """The recorded gold, with the right answer behind it where the record only holds what to do."""
        from harness.items.rows import Question

        row = self.questions.get(item)
        if not isinstance(row, Question) or row.answer.casefold() in ("", recorded.casefold()):
            return recorded
        return f"{recorded}: {row.answer}"

    def is_right(self, item: str, answer: str, correct: float) -> bool | None:
        """Whether the answer itself is right, whatever the metric counts; null if it cannot be told."""
        if self.kind is None:
            return {0.0: False, 1.0: True}.get(correct)
        return self.kind.is_right(answer, correct=correct, question=self.questions.get(item))


def item_texts(project: Project, suite: str, *, domain: str) -> Texts:
    """Questions of the test items as they are prepared now; of a domain with folds, those of all folds, with the ids of
    the store. This fetches and prepares nothing.
    """
    if folds := folds_of(project, domain):
        return _together([item_texts(project, suite, domain=fold) for fold in folds])
    from harness.items.prepared import PreparedDomain
    from harness.scoring.contract import get_kind
    from harness.scoring.gather import gather

    kind = None
    try:
        known = project.suite(suite)
        kind = get_kind(known.kind)
        prepared = PreparedDomain.open(project.prepared_folder(domain))
        found = gather(project, known, kind=kind, domain=prepared)
    except (ConfigError, DataError) as error:
        return Texts(reason=f"no texts: {error.what}" + (f" ({error.hint})" if error.hint else ""), kind=kind)
    if not found.questions:
        return Texts(reason=f"no texts: {found.reason}", kind=kind)
    return Texts({row.id: row for row in found.questions}, kind=kind)


def _together(found: Sequence[Texts]) -> Texts:
    """The questions of all folds. Where an id recurs, each has the number of its fold, as in harness/store/folds.py."""
    ids = [item for texts in found for item in texts.questions]
    recur = len(set(ids)) < len(ids)
    questions = {
        f"{item}@fold{number}" if recur else item: row
        for number, texts in enumerate(found, start=1)
        for item, row in texts.questions.items()
    }
    return Texts(questions, reason=next((texts.reason for texts in found if texts.reason), None), kind=found[0].kind)


def _text_of(row: Row) -> str:
    from harness.items.rows import Pair, Question

    if isinstance(row, Question):
        return row.text or row.prompt
    return row.anchor if isinstance(row, Pair) else row.id
