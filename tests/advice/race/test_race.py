from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from harness.advice.race.race import Outcome, race
from harness.advice.race.rungs import Result, affordable, stages
from harness.advice.race.state import RaceState
from harness.advice.race.text import outcome_text
from harness.config.project import Project
from harness.errors import ConfigError, DataError
from harness.verbs.race import main
from tests.advice.arms_factory import RESAMPLING, scores

SHARES = {"a/good": 0.72, "a/close": 0.70, "a/bad": 0.30}


class Fake:
    """A scorer whose recipes are right as often as `SHARES` says. A stage takes a tenth of a second per example."""

    def __init__(self, *, stop_after: int = 99, cap: int = 10**6, broken: str = "") -> None:
        self.measured: list[tuple[str, int]] = []
        self.stop_after, self.cap, self.broken = stop_after, cap, broken

    def made_from(self, recipe_id: str, examples: int) -> str:
        return f"{recipe_id} {min(examples, self.cap)}"

    def measure(self, recipes: Iterable[str], examples: int) -> Iterator[Result]:
        for recipe_id in recipes:
            yield self.result(recipe_id, examples)

    def result(self, recipe_id: str, examples: int) -> Result:
        if len(self.measured) == self.stop_after:
            raise KeyboardInterrupt
        self.measured.append((recipe_id, examples))
        if recipe_id == self.broken:
            return Result(recipe_id, examples, 1.0, failed="diverged")
        return Result(recipe_id, examples, examples / 10, scores(SHARES[recipe_id], recipe_id))


def run(scorer: Fake, folder: Path, *, budget: float = 1000.0) -> Outcome:
    return race(
        list(SHARES),
        [64, 128],
        scorer,
        RaceState(folder / "race.json"),
        budget=budget,
        resampling=RESAMPLING,
        tell=lambda *_: None,
    )


def test_what_is_clearly_behind_is_dropped_and_not_trained_again(tmp_path: Path) -> None:
    scorer = Fake()
    outcome = run(scorer, tmp_path)
    assert outcome.choice == "a/good"
    assert outcome.tied == ("a/good", "a/close")
    assert outcome.dropped == {"a/bad": "clearly behind a/good with 64 examples"}
    assert ("a/bad", 128) not in scorer.measured
    assert outcome.spent == pytest.approx(3 * 6.4 + 2 * 12.8)
    assert (outcome.examples, outcome.complete) == (128, True)
    assert outcome.chance is not None
    assert 0.5 < outcome.chance <= 1
    text = outcome_text(outcome, domain="goods", budget=60, left_out={"a/ppo": "it starts from other runs"})
    assert "Did not start: a/ppo: it starts from other runs" in text
    assert "Next: harness repro a/good --domain goods" in text


@pytest.mark.parametrize("stop_after", [1, 3, 4])
def test_a_killed_race_goes_on_and_ends_the_same(tmp_path: Path, stop_after: int) -> None:
    whole = run(Fake(), tmp_path / "whole")
    killed = Fake(stop_after=stop_after)
    with pytest.raises(KeyboardInterrupt):
        run(killed, tmp_path)
    second = Fake()
    outcome = run(second, tmp_path)
    assert not set(killed.measured) & set(second.measured)
    assert (outcome.choice, outcome.tied, outcome.spent, outcome.dropped) == (
        whole.choice,
        whole.tied,
        whole.spent,
        whole.dropped,
    )


def test_the_budget_decides_who_goes_on(tmp_path: Path) -> None:
    one_left = run(Fake(), tmp_path / "one", budget=3 * 6.4 + 20)
    assert (one_left.examples, one_left.complete) == (64, False)
    assert one_left.tied == ("a/good", "a/close")
    with pytest.raises(DataError, match="the budget is spent after 2 of 3 recipes"):
        run(Fake(), tmp_path / "none", budget=10.0)
    assert affordable(["a", "b", "c"], {"a": 5.0, "b": 5.0, "c": 5.0}, left=11.0) == 2


def test_a_recipe_with_its_own_budget_is_trained_and_paid_once(tmp_path: Path) -> None:
    scorer = Fake(cap=64)
    outcome = run(scorer, tmp_path)
    assert outcome.examples == 128
    assert len(scorer.measured) == 3
    assert outcome.spent == pytest.approx(3 * 6.4)


def test_a_failed_training_is_out_with_its_reason(tmp_path: Path) -> None:
    outcome = run(Fake(broken="a/good"), tmp_path)
    assert outcome.choice == "a/close"
    assert outcome.dropped["a/good"] == "failed: diverged"


class Backwards(Fake):
    """A scorer that has two recipes at work at a time, and hands out the later one first."""

    def measure(self, recipes: Iterable[str], examples: int) -> Iterator[Result]:
        waiting = iter(recipes)
        while pair := list(islice(waiting, 2)):
            for recipe_id in reversed(pair):
                yield self.result(recipe_id, examples)


def test_the_order_in_which_results_come_changes_nothing(tmp_path: Path) -> None:
    one, other = run(Fake(), tmp_path / "one"), run(Backwards(), tmp_path / "other")
    assert (one.choice, one.tied, one.dropped, one.spent) == (other.choice, other.tied, other.dropped, other.spent)
    assert [result.recipe_id for result in one.results] != [result.recipe_id for result in other.results]


def test_what_was_at_work_when_the_budget_ended_is_kept(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the budget is spent after 2 of 3 recipes"):
        run(Backwards(), tmp_path, budget=5.0)
    again = Fake()
    run(again, tmp_path)
    assert sum(examples == 64 for _, examples in again.measured) == 1


def test_other_code_or_data_is_measured_again_and_a_broken_file_is_none(tmp_path: Path) -> None:
    run(Fake(), tmp_path)
    (tmp_path / "race.json").write_text("{half")
    again = Fake()
    run(again, tmp_path)
    assert len(again.measured) == 5


def test_each_stage_doubles_the_examples_up_to_the_budget_of_the_board() -> None:
    assert stages(512) == [64, 128, 256, 512]
    assert stages(100) == [100]
    assert stages(512, smallest=200) == [256, 512]


def test_a_real_race_of_two_baselines_ends_with_a_choice(
    prepared: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(prepared.root)
    monkeypatch.setattr("harness.verbs.race.require_valid", lambda _: None)  # the tree of a test has no code
    arguments = ["--domain", "hs_products", "--budget", "10min", "--methods", "baseline/majority", "baseline/tfidf"]
    assert main([*arguments, "--smallest", "32"]) == 0
    out = capsys.readouterr().out
    assert "baseline/tfidf with 32 examples: " in out
    assert "Choice: baseline/tfidf with " in out
    assert not [
        path for path in (prepared.root / "runs/.races").rglob("*") if path.is_file() and path.suffix != ".json"
    ]
    assert main([*arguments, "--smallest", "32"]) == 0
    assert "(done before)" in capsys.readouterr().out
    with pytest.raises(ConfigError, match="1 recipes can start"):
        main([*arguments[:-1]])
