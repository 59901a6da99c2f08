"""README.md of an exported folder: a model card that the hub reads, and the Python that loads the model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.display.markdown_table import table
from harness.display.numbers import count, duration, megabytes
from harness.display.plain_text import markdown_cell, plain
from harness.export.card_data import card_data
from harness.export.layouts import Exported, Layout
from harness.export.scores import Facts
from harness.records.run_record import RunRecord

LIMITS = (
    "This is one training run with one seed. The scores have no intervals here: `harness show` and the board of the "
    "project have them. They hold for texts like those of the data below; elsewhere the model was not asked. It can "
    "repeat what it has read, personal data included. A score on harmful requests, where there is "
    "one, is no safety review."
)


def readme(
    layout: Layout, exported: Exported, *, record: RunRecord, base: Path | None, facts: Facts, base_repo: str | None
) -> str:
    """The text of README.md.

    Args:
        layout: of the saved model.
        exported: the folder.
        record: of the training.
        base: folder of the pretrained model, whose `base.json` names origin and licence; null if there is none.
        facts: scores and data.
        base_repo: repository of the pretrained model on the hub; null if it does not come from there.
    """
    origin = _origin(base)
    licence = origin.get("licence")
    head = card_data(layout, exported, record=record, facts=facts, base_repo=base_repo, licence=licence)
    parts = [
        f"---\n{head}\n---",
        f"# {record.run_id}",
        f"{record.title}, trained on {' and '.join(record.domains)}. This folder holds a {layout.name}.",
        *([f"Base model: {origin['name']} ({origin['origin']}; licence {licence})."] if origin else []),
        *_base_sentence(exported),
        "## Load it\n\nRun this inside the folder:",
        "\n".join(["```python", *layout.lines(exported), "```"]),
        f"## Results\n\n{_results(facts)}",
        "\n".join(["## Data", "", *_data(facts, record)]),
        f"## Training\n\n{_training(record)}",
        f"## Limits\n\n{LIMITS}",
    ]
    return "\n\n".join(parts) + "\n"


def _origin(base: Path | None) -> dict[str, Any]:
    path = base / "base.json" if base else None
    if path is None or not path.is_file():
        return {}
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts


def _base_sentence(exported: Exported) -> list[str]:
    if exported.base is None:
        return []
    if exported.base.revision:
        return [f"The adapter needs `{exported.base.path}` from the hub, commit `{exported.base.revision}`."]
    return [f"The adapter needs the model in the folder `{exported.base.path}`."]


def _results(facts: Facts) -> str:
    """One line for each suite: the metric that the board shows."""
    if not facts.scores:
        return "This run has not been scored."
    lines = []
    for score in facts.scores:
        metric = score.metrics[score.primary]
        value = "not defined" if metric.value is None else f"{metric.value:.4g}"
        lines.append([facts.title(score.suite), score.domain, score.primary, value, str(metric.n)])
    return table(["suite", "asked about", "metric", "value", "items"], lines, numeric=(3, 4))


def _data(facts: Facts, record: RunRecord) -> Iterator[str]:
    for name in record.domains:
        if name not in facts.data:
            yield f"- {markdown_cell(name)}"
            continue
        data = facts.data[name]
        text = (
            f"{data.domain.title}: {data.domain.summary} Source: {data.source.origin}; licence {data.source.licence}."
        )
        yield f"- {markdown_cell(name)}: {markdown_cell(' '.join(text.split()))}"


def _training(record: RunRecord) -> str:
    budget = ", ".join(f"{name} {value:g}" for name, value in record.budget.items())
    made = record.provenance
    trained = record.training
    facts = {
        "recipe": f"{record.family}/{record.recipe}, seed {record.seed}",
        "started from": ", ".join(record.parents.values()) or record.base_model or "nothing pretrained",
        "budget": budget,
        "trained parameters": f"{count(trained.trainable_parameters)} of {count(trained.total_parameters)}"
        if trained
        else "none",
        "time and memory": f"{duration(record.cost.seconds)}, "
        f"{megabytes(record.memory.resident_mb if record.memory else None)}",
        "machine": f"{made.device}, {made.threads} threads, {made.precision}",
        "code": f"commit {made.commit or 'unknown'}{', with uncommitted changes' if made.dirty else ''}",
        "libraries": ", ".join(f"{name} {version}" for name, version in made.versions.items()),
    }
    return table(["what", "value"], ([name, plain(value)] for name, value in facts.items()))
