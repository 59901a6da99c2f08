"""Files and folders as people have them, from `harness domain add` to the prepared domain."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.__main__ import main
from harness.config.project import Project
from harness.domains.collect import collect
from harness.domains.collected import CollectedDomain
from harness.preparation.prepare import prepare
from harness.sources.fetch import fetch
from tests.tree import ROOT, copy_tree

NOUNS = ("kettle", "lamp", "bicycle", "printer", "radio", "heater", "drill", "freezer", "toaster", "scanner")
FAULTS = ("does not start", "is too loud", "arrived broken", "lost its manual", "smells burnt", "leaks water")
ROWS = [
    (("good", "bad")[n % 2], f"Ticket {n}: my {NOUNS[n % 10]} {FAULTS[n // 10]} since week {n}.") for n in range(60)
]
"""Label and text."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with the smoke profile and the code behind it; the working directory."""
    tree = tmp_path / "tree"
    tree.mkdir()
    copy_tree(tree)
    (tree / "harness").symlink_to(ROOT / "harness")
    monkeypatch.chdir(tree)
    return tree


def add(root: Path, *arguments: str) -> tuple[dict[str, Any], CollectedDomain, str]:
    """Add the domain `own` and prepare it: the facts of `prepare`, the items, and the file of the domain."""
    assert main(["domain", "add", "own", *arguments]) == 0
    project = Project(root)
    fetch(project, "own")
    collected = collect(project, "own")
    return prepare(project, "own"), collected, (root / "data/domains/own.yaml").read_text(encoding="utf-8")


def labels(collected: CollectedDomain) -> dict[str | None, int]:
    return dict(Counter(item.label for item in collected.items))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def lines(rows: list[tuple[str, str]]) -> str:
    return "".join(json.dumps({"text": text, "label": label}) + "\n" for label, text in rows)


def test_rows_behind_a_quote_that_encloses_nothing_are_learnt(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = [f"{text}\t{label}" for label, text in ROWS]
    table[20] = f'"A wonderful {table[20]}'
    table[29] = table[29].replace(".\t", '."\t')
    write(root / "raw.tsv", "\n".join(["sentence\tlabel", *table]) + "\n")
    facts, collected, _ = add(root, "raw.tsv")
    assert labels(collected) == {"good": 30, "bad": 30}
    assert "2 cells hold quotes that enclose nothing" in capsys.readouterr().out
    assert facts["notes"][0]["count"] == 2


def test_a_given_dialect_is_kept_in_the_file_of_the_domain(root: Path) -> None:
    write(root / "own.dat", "".join(f"{label}^{text}\n" for label, text in ROWS))
    _, collected, file = add(root, "own.dat", "--delimiter", "^", "--quoting", "none", "--no-header")
    assert labels(collected) == {"good": 30, "bad": 30}
    assert "  delimiter: ^\n  quoting: none\n  header: false\n" in file


def test_one_file_per_class_is_one_domain(root: Path) -> None:
    for name in ("good", "bad"):
        write(root / f"mine/{name}.jsonl", lines([row for row in ROWS if row[0] == name]))
    _, collected, file = add(root, "mine")
    assert labels(collected) == {"good": 30, "bad": 30}
    assert "  file: '*'\n" in file


def test_texts_in_folders_of_splits_and_classes_are_one_domain(root: Path) -> None:
    for n, (label, text) in enumerate(ROWS):
        write(root / f"mine/{'train' if n < 40 else 'test'}/{label}/{n}_7.txt", text)
    write(root / "mine/README", "about the data")
    facts, collected, file = add(root, "mine")
    assert labels(collected) == {"good": 30, "bad": 30}
    assert facts["card"]["items"] == {"train": 34, "validation": 6, "test": 20}
    assert "  label_from: folder\n  split_from: path\n  whole_files: true\n" in file
    assert {note["what"] for note in facts["notes"]} >= {
        "records got their split from the path of their file",
        "files of the folder hold no records and were not read, for example README",
    }


def test_the_files_of_a_folder_can_be_chosen(root: Path) -> None:
    write(root / "mine/a.txt", "".join(f"{text}\n" for _, text in ROWS[:30]))
    write(root / "mine/b.txt", "".join(f"{text}\n" for _, text in ROWS[30:]))
    write(root / "mine/c.txt", "not this one\n")
    _, collected, file = add(root, "mine", "--files", "[ab].txt", "--label-from", "file")
    assert labels(collected) == {"a": 30, "b": 30}
    assert "  file: '[ab].txt'\n  label_from: file\n" in file


def test_splits_of_a_json_object_are_kept(root: Path) -> None:
    rows = [{"text": text, "label": label} for label, text in ROWS]
    (root / "own.json.gz").write_bytes(gzip.compress(json.dumps({"train": rows[:40], "test": rows[40:]}).encode()))
    facts, collected, _ = add(root, "own.json.gz")
    assert labels(collected) == {"good": 30, "bad": 30}
    assert facts["card"]["items"]["test"] == 20


def test_a_label_is_found_by_its_values_and_the_report_says_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f'{570306133 + n},{label},"{text}"' for n, (label, text) in enumerate(ROWS)]
    write(root / "own.csv", "\n".join(["tweet_id,airline_sentiment,text", *rows]) + "\n")
    _, collected, _ = add(root, "own.csv")
    assert labels(collected) == {"good": 30, "bad": 30}
    out = capsys.readouterr().out
    assert 'label from the column "airline_sentiment", because its name and its 2 values look like a label' in out
    assert "warning: 12 test items: two recipes must differ by about 51 points of accuracy" in out


def test_texts_behind_one_long_sentence_are_all_learnt(root: Path) -> None:
    task = "Classify the following customer message into one of the topics and reply with the name of the desk only:"
    records = [
        {"prompt": f"{task} My {noun} {fault}, what now?", "completion": f"Bring the {noun} to desk {place}."}
        for place, fault in enumerate(FAULTS)
        for noun in NOUNS
    ]
    write(root / "own.jsonl", "".join(json.dumps(record) + "\n" for record in records))
    facts, _, _ = add(root, "own.jsonl")
    assert facts["removed"]["near_duplicates"] == 0
    assert facts["card"]["items"] == {"train": 42, "validation": 6, "test": 12}
