from __future__ import annotations

from harness.reports.board.board import domain_board
from tests.reports.board.invented_groups import SETTINGS, group

ZERO = "baseline/zero_shot"


def test_what_was_forgotten_shows_only_against_the_own_base_model() -> None:
    groups = [
        group(ZERO, 100, suite="other_domains"),
        group("peft/lora", 60, suite="other_domains"),
        group("seq2seq/full", 60, suite="other_domains", base="another model"),
    ]
    cells = {row.recipe_id: row.suites["other_domains"] for row in domain_board("shop", groups, SETTINGS).rows}
    assert cells["peft/lora"].delta is not None
    assert cells["peft/lora"].delta.family == 1
    assert (cells["seq2seq/full"].value, cells["seq2seq/full"].delta) == (0.3, None)


def test_a_score_is_compared_with_the_reference_whatever_the_base_model() -> None:
    groups = [group(ZERO, 40), group("seq2seq/full", 100, base="another model")]
    (full,) = [row for row in domain_board("shop", groups, SETTINGS).rows if row.recipe == "full"]
    assert full.delta is not None
    assert (full.delta.verdict, full.delta.reference) == ("better", ZERO)


def test_a_reference_that_learnt_another_domain_is_no_reference() -> None:
    groups = [group(ZERO, 40, domains=("shop", "law")), group("sft/full", 100)]
    assert [row.delta for row in domain_board("shop", groups, SETTINGS).rows] == [None, None]
