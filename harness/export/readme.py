"""README.md of an exported folder: what it holds, and the Python that loads it."""

from __future__ import annotations

import json
from pathlib import Path

from harness.export.layouts import Exported, Layout
from harness.records.run_record import RunRecord


def readme(layout: Layout, exported: Exported, *, record: RunRecord, base: Path | None) -> str:
    """The text of README.md.

    `base`: folder of the pretrained model, whose `base.json` names origin and licence; null if there is none.
    """
    parts = [
        f"# {record.run_id}",
        f"{record.title}, trained on {' and '.join(record.domains)}. This folder holds a {layout.name}.",
        *_credits(base),
        *_base_sentence(exported),
        "Run this inside the folder:",
        "\n".join(["```python", *layout.lines(exported), "```"]),
    ]
    return "\n\n".join(parts) + "\n"


def _credits(base: Path | None) -> list[str]:
    path = base / "base.json" if base else None
    if path is None or not path.is_file():
        return []
    facts = json.loads(path.read_text(encoding="utf-8"))
    return [f"Base model: {facts['name']} ({facts['origin']}; licence {facts['licence']})."]


def _base_sentence(exported: Exported) -> list[str]:
    if exported.base is None:
        return []
    if exported.base.revision:
        return [f"The adapter needs `{exported.base.path}` from the hub, commit `{exported.base.revision}`."]
    return [f"The adapter needs the model in the folder `{exported.base.path}`."]
