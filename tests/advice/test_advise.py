"""The whole answer: flips, experiments, larger models, settings."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from harness.advice.advise import Question, advise
from harness.advice.answer.fragment import settings_for, write_settings
from harness.advice.answer.text import advice_text
from harness.advice.contract import Advice
from harness.advice.evidence.arm import Arm
from harness.advice.evidence.domain_profile import DomainProfile
from harness.advice.evidence.read import Evidence
from harness.advice.ranking.larger_model import with_model
from harness.advice.ranking.limits import Limits
from harness.config.edits.yaml_edit import YamlEdit
from harness.config.project import Project
from harness.errors import ConfigError
from harness.verbs.advise import main
from tests.advice.arms_factory import REFERENCE, RESAMPLING, arm, gained
from tests.mini_tree import told, write_mini_tree
from tests.reports.board_factory import recorded_project

ARMS = [
    arm("sft/full", 0.72, cost=9.0, memory_mb=6000.0),
    arm("peft/lora", 0.70, cost=4.0, memory_mb=4000.0),
    arm("peft/weak", 0.40, cost=0.5),
    arm(REFERENCE, 0.20, cost=0.2),
]
GOODS = DomainProfile("goods", "classify", labels=10, items=1000, words=20, test_items=5000)


def asked(arms: list[Arm], limits: Limits = Limits(), profile: DomainProfile = GOODS) -> Advice:  # noqa: B008
    evidence = Evidence({"goods": arms}, REFERENCE, RESAMPLING, 0.03, "USD")
    return advise(evidence, Question(profile, limits), {"goods": GOODS})


def test_the_advice_names_choice_runner_up_ties_and_rows() -> None:
    advice = asked(ARMS)
    assert (advice.choice, advice.runner_up, advice.basis) == ("peft/lora", "sft/full", "own rows")
    assert advice.tied == ("peft/lora", "sft/full")
    assert [line.place for line in advice.lines] == ["choice", "runner-up", "reference", "behind"]
    text = advice_text(advice)
    assert "Choice:     lora (peft/lora): " in text
    assert "2 recipes cannot be told from the best, and it is the cheapest of them." in text
    assert json.loads(json.dumps(asdict(advice)))["choice"] == "peft/lora"


def test_a_limit_and_a_price_and_more_items_would_flip_it() -> None:
    advice = asked([ARMS[0], arm("peft/ia3", 0.71, cost=3.0, memory_mb=9000.0), *ARMS[1:]], Limits(memory_mb=8000.0))
    assert advice.choice == "peft/lora"
    assert "without --max-memory the choice would be peft/ia3" in advice.flips
    assert "if peft/lora cost more than 9.00 USD, sft/full would be cheaper" in advice.flips
    assert any(flip.startswith("sft/full scored +") and "points higher" in flip for flip in advice.flips)


def test_the_cheapest_experiment_has_a_command_and_a_price() -> None:
    seeds = asked(ARMS, profile=replace(GOODS, test_items=None)).experiment
    assert seeds is not None
    assert seeds.commands == ("harness repro peft/lora sft/full --domain goods --seed 1 --seed 2",)
    assert seeds.usd == pytest.approx(2 * (9 + 4))
    items = asked(ARMS).experiment
    assert items is not None
    assert items.usd is not None
    assert "scoring.items_of" in items.commands[0] or items.usd == seeds.usd


def test_without_rows_of_its_own_a_domain_is_advised_from_others() -> None:
    costs = {"baseline/tfidf": 1.0, "peft/lora": 2.0, "sft/full": 5.0}
    gains = {"a": (0.2, 0.3, 0.4), "b": (0.1, 0.2, 0.3)}
    arms = {
        domain: [gained(domain, name, gain, cost=costs[name]) for name, gain in zip(costs, of_domain, strict=True)]
        for domain, of_domain in gains.items()
    }
    profiles = {name: replace(GOODS, name=name) for name in arms}
    evidence = Evidence(arms, REFERENCE, RESAMPLING, 0.03, "USD")
    advice = advise(evidence, Question(replace(GOODS, name="tickets"), Limits(), registered=False), profiles)
    assert (advice.choice, advice.basis) == ("sft/full", "other domains")
    assert [one.similarity for one in advice.similarity] == [1.0, 1.0]
    assert advice.experiment is not None
    assert advice.experiment.commands[0] == "harness domain add tickets FILE"
    assert "Similarity to a: 1.00 (task same" in advice_text(advice)


def test_where_rows_are_stale_the_experiment_is_to_measure_them_again() -> None:
    stale = [arm("peft/lora", 0.7, stale="code", costs_unlike="stale"), arm("sft/full", 0.6, cost=9.0)]
    advice = asked(stale, Limits(cost=5))
    assert advice.choice is None
    assert advice.experiment is not None
    assert advice.experiment.commands == ("harness repro",)


def test_with_too_little_evidence_it_abstains_and_proposes_a_race() -> None:
    evidence = Evidence({}, REFERENCE, RESAMPLING, 0.03, "USD")
    advice = advise(evidence, Question(GOODS, Limits()), {})
    assert advice.choice is None
    assert advice.basis == "nothing"
    assert advice.experiment is not None
    assert advice.experiment.commands == ("harness race --domain goods --budget 60min",)
    assert "No choice:  no other domain has rows" in advice_text(advice)


def test_a_larger_model_has_planned_memory_and_scaled_costs() -> None:
    def planned(recipe: str) -> float:
        if recipe == "peft/odd":
            raise ConfigError("no memory plan for the method odd")
        return 16_000.0

    small: dict[str, Any] = {"base_model": "small", "total_parameters": 100}
    arms = [arm("peft/lora", 0.7, cost=2.0, **small), arm("peft/odd", 0.6, **small), arm("baseline/tfidf", 0.5)]
    found = with_model(arms, model="large", instead_of="small", parameters=1000, planned_mb=planned)
    lora, odd, tfidf = found.arms
    assert (lora.memory_mb, lora.usd, lora.latency_ms, lora.cost_factor) == (16_000.0, 20.0, 200.0, 2.0)
    assert odd.comparable_memory is None
    assert tfidf is arms[2]
    assert any("half or 2 times" in note for note in found.notes)
    advice = asked([*ARMS[2:], arm("sft/full", 0.7, cost=4.0, cost_factor=2.0)], Limits(cost=5))
    assert "the cost of sft/full is an estimate; it may be up to 8.00 USD and break --max-cost" in advice.flips
    assert "4.00 USD (2.00 to 8.00)" in advice_text(advice)


def test_the_written_settings_pass_the_check(tmp_path: Path) -> None:
    root = write_mini_tree(tmp_path)
    project = Project(root)
    settings = settings_for(project, recipe="peft/lora", domain="goods", reference="baseline/majority")
    apart = tmp_path / "advice.yaml"
    assert "wrote domains" in write_settings(apart, settings, recipe="peft/lora", domain="goods")
    assert YamlEdit(apart).content["recipes"]["peft"] == ["lora"]
    more = "wide: {suites: [], recipes: {baseline: [tfidf, majority], sft: [full]}}\nstarter: [sft/full, peft/lora]\n"
    (root / "params.yaml").write_text((root / "params.yaml").read_text() + more)
    done = write_settings(root / "params.yaml", YamlEdit(apart).content, recipe="peft/lora", domain="goods")
    assert done.startswith("changed domains, prepared_domains, recipes, seeds in ")
    assert Project(root).params.recipes == {"baseline": ["majority"], "peft": ["lora"]}
    assert Project(root).params.wide.recipes == {"baseline": ["majority"], "sft": []}
    assert Project(root).params.starter == ["peft/lora"]
    assert "# The smallest settings." in (root / "params.yaml").read_text()
    assert told(root) == []
    (root / "other.yaml").write_text("a: 1\n")
    with pytest.raises(ConfigError, match="the file holds no settings"):
        write_settings(root / "other.yaml", settings, recipe="peft/lora", domain="goods")


def test_the_verb_reads_the_records_and_ends_well_with_and_without_a_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = recorded_project(tmp_path)
    monkeypatch.chdir(project.root)
    assert main(["--domain", "hs_products", "--write", "params.yaml"]) == 0
    out = capsys.readouterr().out
    assert "(baseline/tfidf): 66.7 [" in out  # as good as sft/full, for a third of the money
    assert "Not told apart from the best: sft/full" in out
    assert Project(project.root).params.recipes["baseline"] == ["zero_shot", "tfidf"]
    assert main(["--domain", "hs_products", "--max-cost", "0.000001", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["choice"] is None
    assert found["abstained"] == "no recipe keeps all limits"
    assert all(line["reasons"] for line in found["lines"])
    assert main(["--backtest"]) == 0
    assert "there is nothing to test: 1 domain has rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give one of --domain, --data and --backtest"),
        (["--domain", "a", "--data", "b.csv"], "give one of"),
        (["--domain", "a", "--device", "cpu"], "--device plans the memory of another model"),
        (["--backtest", "--write", "x.yaml"], "makes no choice"),
    ],
)
def test_questions_that_make_no_sense_are_refused(arguments: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        main(arguments)
