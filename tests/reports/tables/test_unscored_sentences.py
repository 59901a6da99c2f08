"""What a board says about runs that are not measured yet."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.tables.cell_texts import unscored_sentences


def sentences(*unscored: str) -> list[str]:
    return unscored_sentences(cast(Leaderboard, SimpleNamespace(unscored=list(unscored))))


def test_a_few_runs_are_named() -> None:
    assert sentences() == []
    assert sentences("peft/lora-goods-0", "sft/full-goods-0") == ["Not scored yet: peft/lora-goods-0, sft/full-goods-0"]


def test_many_are_counted_by_family() -> None:
    runs = [f"peft/lora-goods-{seed}" for seed in range(7)]
    others = ["wide protocol of peft/lora-goods-0", "learning curve lowresource/tfidf-goods"]
    assert sentences(*runs, *others) == [
        "Not scored yet: peft 7, wide protocol 1, learning curve 1 (harness plan names them)"
    ]
