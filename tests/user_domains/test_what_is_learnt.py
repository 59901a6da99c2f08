"""Users' own files through `domain add`, collecting, preparing, training and scoring: what a model learns from them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from harness.__main__ import main
from harness.config.project import Project, RunKey
from harness.domains.collect import collect
from harness.items.item import SPLITS
from harness.items.prepared import PreparedDomain
from harness.items.rows import Preference, Question
from harness.items.unpaired import UnpairedPreference
from harness.preparation.prepare import prepare
from harness.scoring.score import score
from harness.sources.fetch import fetch
from harness.training.train import train
from tests.tree import ROOT

ITEMS = 60
DEVICES = ("kettle", "lamp", "bicycle", "printer", "radio", "heater", "drill", "freezer", "toaster", "scanner")
FAULTS = ("does not start", "is too loud", "arrived broken", "lost its manual", "smells odd", "has a loose screw")
RUDE = "No idea, go away."


def ticket(number: int) -> str:
    return f"Ticket {number}: my {DEVICES[number % 10]} {FAULTS[number // 10]} since week {number}."


def reply(number: int) -> str:
    return f"Please send the {DEVICES[number % 10]} to desk {number % 7} with form {number}."


def kto() -> Iterator[dict[str, Any]]:
    """Every fifth ticket has only a rude reply; the others have both."""
    for number in range(ITEMS):
        yield {"prompt": ticket(number), "completion": RUDE, "label": False}
        if number % 5:
            yield {"prompt": ticket(number), "completion": reply(number), "label": True}


def tools() -> Iterator[dict[str, Any]]:
    for number in range(ITEMS):
        stock = number * 37 % 101
        turns = [
            ("human", f"What is the stock of part {number}?"),
            ("function_call", json.dumps({"name": "stock", "arguments": {"part": number}})),
            ("observation", json.dumps({"stock": stock})),
            ("gpt", f"We have {stock} pieces."),
        ]
        yield {"conversations": [{"from": name, "value": said} for name, said in turns], "tools": "[]"}


def history() -> Iterator[dict[str, Any]]:
    for number in range(ITEMS):
        yield {
            "instruction": f"And what does part {number} cost?",
            "input": "",
            "output": f"It costs {number + 3} crowns.",
            "system": "You sell spare parts.",
            "history": [[ticket(number), reply(number)]],
        }


@dataclass(frozen=True)
class Learnt:
    """The prepared domain, and what training and scoring left."""

    domain: PreparedDomain
    card: str
    examples: int
    """Examples that the training used."""
    samples: list[dict[str, Any]]
    """Rows of samples.parquet of the suite `answers`."""

    @property
    def train(self) -> list[Question]:
        return self.domain.questions("answer", "train")


@pytest.fixture
def learn(prepared_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Add records as a domain, train sft/full on it and score it."""
    root = tmp_path / "tree"
    shutil.copytree(prepared_template, root)
    (root / "harness").symlink_to(ROOT / "harness")
    monkeypatch.chdir(root)

    def call(records: Iterator[dict[str, Any]]) -> Learnt:
        (root / "own.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        assert main(["domain", "add", "own", "own.jsonl"]) == 0
        project, key = Project(root), RunKey("sft", "full", ("own",), 0)
        fetch(project, "own")
        collect(project, "own")
        prepare(project, "own")
        record = train(project, key)
        assert record.status == "ok"
        assert record.training is not None
        score(project, key)
        samples = pyarrow.parquet.read_table(project.record_folder(key) / "score" / "samples.parquet").to_pylist()
        folder = project.prepared_folder("own")
        return Learnt(
            PreparedDomain.open(folder),
            (folder / "card.md").read_text(encoding="utf-8"),
            record.training.examples,
            [sample for sample in samples if sample["suite"] == "answers"],
        )

    return call


def test_no_reply_that_people_rejected_is_learnt_as_an_answer(learn: Any) -> None:
    learnt = learn(kto())
    assert {row.answer for row in learnt.train} <= {reply(number) for number in range(ITEMS)}
    assert learnt.examples == len(learnt.train) > 20
    asked = [row for split in SPLITS for row in learnt.domain.questions("answer", split)]
    assert all(RUDE not in (row.answer, *row.references) for row in asked)
    assert all(RUDE in row.choices for row in asked)
    pairs = learnt.domain.rows(Preference, "preferences", "train")
    assert pairs
    assert all((row.chosen, row.rejected) == (by_prompt(learnt.train)[row.prompt], RUDE) for row in pairs)
    single = learnt.domain.rows(UnpairedPreference, "unpaired_preferences", "train")
    alone = {ticket(number) for number in range(0, ITEMS, 5)}
    assert alone <= {row.prompt for row in single if not row.label}
    assert not alone & {row.prompt for row in single if row.label}
    assert not alone & {row.prompt for row in asked}
    assert {row.completion for row in single if not row.label} == {RUDE}
    assert "60 replies are rated bad: they are wrong answers and are not learnt" in learnt.card
    assert "12 of these items have wrong answers only" in learnt.card
    assert learnt.samples
    assert all(sample["answer"] != RUDE for sample in learnt.samples)


def by_prompt(rows: list[Question]) -> dict[str, str]:
    return {row.prompt: row.answer for row in rows}


def test_a_reply_is_learnt_after_the_result_of_the_tool_on_which_it_rests(learn: Any) -> None:
    learnt = learn(tools())
    assert learnt.examples == len(learnt.train) > 20
    for row in learnt.train:
        stock = row.answer.removeprefix("We have ").removesuffix(" pieces.")
        assert row.prompt.endswith(f'Tool result: {{"stock": {stock}}}')
        assert '\nTool call: {"name": "stock"' in row.prompt
    assert learnt.samples


def test_a_reply_is_learnt_after_its_system_prompt_and_earlier_turns(learn: Any) -> None:
    learnt = learn(history())
    assert learnt.examples == len(learnt.train) > 20
    for row in learnt.train:
        number = int(row.answer.removeprefix("It costs ").removesuffix(" crowns.")) - 3
        assert row.prompt == (
            f"You sell spare parts.\n\nUser: {ticket(number)}\nAssistant: {reply(number)}\n"
            f"User: And what does part {number} cost?"
        )
    assert learnt.samples
