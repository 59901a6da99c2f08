"""Three invented domains; every figure below was computed by hand.

    effect        tfidf  lora  full     best
    a             .20    .30   .40      full
    b             .10    .20   .30      full
    c             .10    .30   .18      lora

Without c: the domains differ by a shift alone, so full leads surely. Without a or b: lora and full change places and
are expected within a point of each other, so that the advice takes the cheaper one, lora; tfidf is 15 to 20 behind.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.advice.answer.backtest_text import backtest_text
from harness.advice.answer.board_section import as_section, with_backtest
from harness.advice.backtest import Backtest, Played, backtest
from harness.advice.evidence.domain_profile import DomainProfile
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.leaderboard_file import board_json
from harness.reports.page.page import Beside, page
from harness.reports.rendering.markdown import render
from tests.advice.arms_factory import REFERENCE, RESAMPLING, gained
from tests.reports.board_factory import board_of, recorded_project

COSTS = {"baseline/tfidf": 1.0, "peft/lora": 2.0, "sft/full": 5.0}
EFFECTS = {"a": (0.2, 0.3, 0.4), "b": (0.1, 0.2, 0.3), "c": (0.1, 0.3, 0.18)}
ARMS = {
    domain: [
        *(gained(domain, name, gain, cost=COSTS[name]) for name, gain in zip(COSTS, gains, strict=True)),
        gained(domain, REFERENCE, 0.0),
    ]
    for domain, gains in EFFECTS.items()
}
PROFILES = {name: DomainProfile(name, "classify", labels=10, items=1000, words=20) for name in ARMS}


def played(*domains: str, sources: dict[str, str] | None = None) -> Backtest:
    arms = {name: ARMS[name] for name in domains}
    return backtest(arms, PROFILES, sources or {name: name for name in domains}, resampling=RESAMPLING, margin=0.03)


def policies(found: Backtest, domain: str) -> dict[str, Played]:
    (fold,) = (fold for fold in found.folds if fold.domain == domain)
    return {one.policy: one for one in fold.played}


@pytest.mark.parametrize(
    ("domain", "advice", "single", "lora", "random"),
    [
        ("a", ("peft/lora", 0.1), ("peft/lora", 0.1), 0.1, 0.1),
        ("b", ("peft/lora", 0.1), ("peft/lora", 0.1), 0.1, 0.1),
        ("c", ("sft/full", 0.12), ("sft/full", 0.12), 0.0, 0.32 / 3),
    ],
)
def test_regrets_are_those_of_the_hand(
    domain: str, advice: tuple[str, float], single: tuple[str, float], lora: float, random: float
) -> None:
    found = policies(played("a", "b", "c"), domain)
    assert [found["advice"].recipe, found["single best"].recipe] == [advice[0], single[0]]
    assert [found["advice"].regret, found["single best"].regret] == pytest.approx([advice[1], single[1]])
    assert found["always LoRA"].regret == pytest.approx(lora)
    assert found["random"].regret == pytest.approx(random)
    assert found["oracle"].regret == 0


def test_the_text_counts_and_names_the_rules() -> None:
    found = played("a", "b", "c")
    text = backtest_text(found)
    assert f"(rules {found.rules})" in text
    assert "The advice chose on 3 of 3 domains and abstained on 0." in text
    assert "Less regret than single best on 0, equal on 3, more on 0." in text
    assert "counts, no p-values" in text


def test_domains_of_one_source_are_left_out_together() -> None:
    found = policies(played("a", "b", "c", sources={"a": "s", "b": "s", "c": "t"}), "a")
    assert found["advice"].recipe is None  # only c is left
    assert found["advice"].why.startswith("1 other domain has rows")
    assert found["single best"].recipe == "peft/lora"


def test_with_one_domain_or_one_source_there_is_nothing_to_test() -> None:
    assert played("a").nothing == "there is nothing to test: 1 domain has rows, and two sources are needed"
    one_source = played("a", "b", sources={"a": "s", "b": "s"})
    assert (
        one_source.nothing == "there is nothing to test: 2 domains of one source have rows, and two sources are needed"
    )
    assert one_source.folds == ()
    assert "there is nothing to test" in backtest_text(one_source)


def test_the_board_shows_the_back_test_whatever_it_says(tmp_path: Path) -> None:
    project = recorded_project(tmp_path)
    board = with_backtest(project, board_of(project), reports=project.reports_folder)
    result = "there is nothing to test: 1 domain has rows, and two sources are needed"
    assert board.backtest is not None
    assert board.backtest.nothing == result
    assert f"**Result**: {result}." in render(board)
    assert f"<strong>Result</strong>: {result}." in page(board, Beside())
    full = board.model_copy(update={"backtest": as_section(played("a", "b", "c"))})
    text = render(full)
    assert "| a (source a) | 3 | sft/full | advice | peft/lora | +10.0 | " in text
    assert "Less regret than single best on 0, equal on 3, more on 0." in text
    assert read_back(full) == full.backtest


def read_back(board: Leaderboard) -> object:
    return Leaderboard.model_validate_json(board_json(board)).backtest
