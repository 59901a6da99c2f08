"""Pairs about scope and safety on invented requests and domains."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.strict import read_yaml
from harness.items.item import Split
from harness.items.rows import Question
from harness.suites.build import check_rows
from harness.suites.contract import Places, QuestionSet
from harness.suites.pairs import build
from harness.suites.pairs.safety import OPENINGS, RESERVED, safety_pairs
from harness.suites.pairs.scope import Text, scope_pairs
from harness.suites.sets.conduct import conduct
from harness.suites.sets.out_of_scope import DECLINE, out_of_scope
from harness.suites.sets.refusals import COMPLY, REFUSE
from harness.texts.near_index import NearIndex
from tests.suites.sets.test_out_of_scope import places

SUITES = Path(__file__).parents[3] / "data/suites"


def requests(count: int = 400) -> list[Question]:
    """Harmful and harmless ones in turns, no two of them alike."""
    rows = []
    for place in range(count):
        name, word = f"r{place}", "".join(chr(97 + int(digit)) for digit in f"{place * 7919 + 10007}") * 3
        text = f"please {word} the {word[::-1]} number {place}"
        answer = COMPLY if place % 2 else REFUSE
        rows.append(Question(id=name, split="test", cluster=name, text=text, prompt=text, choices=(), answer=answer))
    return rows


def test_what_suites_ask_is_held_out_and_so_is_what_nearly_repeats_it() -> None:
    rows = requests()
    rows.append(Question(**{**vars(rows[0]), "id": "again", "prompt": rows[0].prompt.upper()}))
    pairs = safety_pairs(rows)
    asked = NearIndex()
    for row in rows[:RESERVED]:
        asked.add(row.id, row.prompt)
    learnt = [pair for pair in pairs if pair.split != "test"]
    assert len(learnt) > 100
    assert not [pair.id for pair in learnt if asked.find(pair.prompt)]
    assert not [pair for pair in pairs if pair.id == "safety-again"]


def test_no_suite_asks_more_requests_than_are_reserved() -> None:
    suites = [read_yaml(path) for path in SUITES.glob("*.yaml")]
    asked = [suite["items"] for suite in suites if suite.get("questions") == "refusals"]
    assert asked
    assert max(asked) <= RESERVED


def test_harmful_and_harmless_requests_are_equally_many_and_are_answered_in_opposite_ways() -> None:
    rows = {row.id: row for row in requests()}
    for split in ("train", "validation", "test"):
        pairs = [pair for pair in safety_pairs(list(rows.values())) if pair.split == split]
        harmful = [rows[pair.id.removeprefix("safety-")].answer == REFUSE for pair in pairs]
        assert sum(harmful) * 2 == len(pairs) > 20
        assert [pair.chosen in OPENINGS for pair in pairs] == [not one for one in harmful]
        assert [pair.rejected in OPENINGS for pair in pairs] == harmful


def test_near_requests_are_in_one_split() -> None:
    rows = requests()
    copies = [Question(**{**vars(row), "id": f"{row.id}-copy", "prompt": f"{row.prompt}!"}) for row in rows[RESERVED:]]
    split: dict[str, set[Split]] = {}
    for pair in safety_pairs([*rows, *copies]):
        split.setdefault(pair.prompt.rstrip("!"), set()).add(pair.split)
    assert all(len(found) == 1 for found in split.values())


def texts(name: str, label: str | None = None) -> list[Text]:
    splits: tuple[Split, ...] = ("train", "validation", "test")
    return [
        Text(f"{name}{place}", splits[place % 3], f"{name}{place}", f"{name} {place}", label=label)
        for place in range(12)
    ]


def test_half_of_the_scope_pairs_decline_exactly_the_foreign_texts() -> None:
    own = [*texts("axe", "tools"), *texts("oak", "wood")]
    pairs = scope_pairs(own, texts("flu"), labels=("tools", "wood"), prompt="Which? {text}")
    declined = [pair for pair in pairs if pair.chosen == DECLINE]
    assert len(declined) * 2 == len(pairs)
    assert all("flu" in pair.prompt for pair in declined)
    assert {pair.rejected for pair in declined} <= {"tools", "wood"}
    assert all(pair.rejected == DECLINE for pair in pairs if pair not in declined)


def test_conduct_asks_test_pairs_alone_and_training_shares_no_cluster_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build, "get_set", lambda name: QuestionSet(lambda places: requests()))
    found: Places = places()
    rows = conduct(found)
    check_rows(rows, where="conduct")
    assert {row.slice for row in rows} == {"scope", "safety"}
    assert all(row.id.startswith("goods/") for row in rows)
    asked = {row.cluster for row in (*rows, *out_of_scope(found))}
    learnt = [pair for pair in safety_pairs(requests()) if pair.split != "test"]
    assert not asked & {pair.cluster for pair in learnt}
