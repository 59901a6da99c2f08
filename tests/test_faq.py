"""docs/faq.md explains errors in the words in which the harness raises them."""

from __future__ import annotations

import re

from tests.tree import ROOT

HEADINGS = re.findall(r"^### `(.+)`$", (ROOT / "docs/faq.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
"""Messages; `…` stands for names and numbers."""


def test_every_message_is_one_that_the_code_can_raise() -> None:
    assert len(HEADINGS) > 20
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "harness").rglob("*.py")))
    joined = re.sub(r'"\s*\n\s*f?"', "", code)  # texts over several lines
    parts = {part.strip() for heading in HEADINGS for part in re.split(r"…", heading)} - {""}
    assert [part for part in sorted(parts) if part not in joined] == []
