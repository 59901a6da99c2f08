"""What the items of a suite say, from the prepared view that asked them; the store holds only their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.config.project import Project
from harness.errors import ConfigError, DataError


@dataclass(frozen=True)
class Texts:
    """Item id -> text, or why there are none."""

    by_item: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


def item_texts(project: Project, suite: str, *, domain: str) -> Texts:
    """Texts of the test items as they are prepared now. Nothing is fetched or prepared for it."""
    from harness.domains.prepared import PreparedDomain

    try:
        view = project.suite(suite).view
        questions = PreparedDomain.open(project.prepared_folder(domain)).questions(view, "test")
    except (ConfigError, DataError) as error:
        return Texts(reason=f"no texts: {error.what}" + (f" ({error.hint})" if error.hint else ""))
    return Texts(by_item={question.id: question.text or question.prompt for question in questions})
