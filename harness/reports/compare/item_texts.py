"""The texts of a suite's items, from the prepared data; the store holds only the ids of the items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.config.project import Project
from harness.errors import ConfigError, DataError

if TYPE_CHECKING:
    from harness.items.rows import Row


@dataclass(frozen=True)
class Texts:
    """Item id -> text, or the reason why there are no texts."""

    by_item: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


def item_texts(project: Project, suite: str, *, domain: str) -> Texts:
    """Texts of the test items as they are prepared now. This fetches and prepares nothing."""
    from harness.items.prepared import PreparedDomain
    from harness.scoring.contract import get_kind
    from harness.scoring.gather import gather

    try:
        known = project.suite(suite)
        prepared = PreparedDomain.open(project.prepared_folder(domain))
        found = gather(project, known, kind=get_kind(known.kind), domain=prepared)
    except (ConfigError, DataError) as error:
        return Texts(reason=f"no texts: {error.what}" + (f" ({error.hint})" if error.hint else ""))
    if not found.questions:
        return Texts(reason=f"no texts: {found.reason}")
    return Texts(by_item={row.id: text_of(row) for row in found.questions})


def text_of(row: Row) -> str:
    """The question: the item's own text, or the prompt where the item has no text."""
    from harness.items.rows import Pair, Question

    if isinstance(row, Question):
        return row.text or row.prompt
    return row.anchor if isinstance(row, Pair) else row.id
