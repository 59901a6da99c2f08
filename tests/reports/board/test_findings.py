from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from harness.evidence.item_scores import Floats, ItemScores
from harness.evidence.resampling import Resampling, score_interval
from harness.reports.board.findings import findings as findings_of
from harness.reports.board.ranking import Contender, with_ranks
from harness.reports.contract.rows import CostCell, MemoryCell, Row, ScoreCell
from harness.reports.board.settings import Settings

SETTINGS = Settings(resampling=Resampling(resamples=500), margin=0.03)


def contender(
    recipe_id: str,
    right: int,
    *,
    base: str | None = "a model",
    trained: int = 0,
    seeds: tuple[int, ...] = (0,),
    comparable: bool = True,
) -> Contender:
    """The first `right` of 200 items are answered rightly, by every seed."""
    correct: Floats = np.tile((np.arange(200) < right).astype(float), (len(seeds), 1))
    names = tuple(map(str, range(200)))
    items = ItemScores(items=names, clusters=names, groups=("",) * 200, correct=correct)
    estimate = score_interval(items, resampling=SETTINGS.resampling)
    family, recipe = recipe_id.split("/")
    row = Row(
        domain="shop",
        family=family,
        recipe=recipe,
        title=recipe.upper(),
        base_model=base,
        seeds=list(seeds),
        failed_seeds=[],
        n=200,
        score=ScoreCell(metric="accuracy", value=estimate.value, low=estimate.low, high=estimate.high),
        delta=None,
        hallucination=None,
        safety=None,
        retention=None,
        memory=MemoryCell(train_peak_mb=None, score_peak_mb=None, kind=None),
        cost=CostCell(usd=None, train_seconds=None, score_seconds=None, energy_wh=None),
        trainable_parameters=trained,
        saved_bytes=None,
        latency_ms=None,
        tokens_per_second=None,
        shots=None,
        budget_overridden=False,
        protocol_hash="p",
        comparable=comparable,
        status="ok",
        reason=None,
    )
    return Contender(row=row, items=items)


def findings(rows: list[Contender], settings: Settings, *, profiles: tuple[str, ...] = ()) -> dict[str, list[str]]:
    return findings_of(with_ranks(rows, settings.resampling), settings, profiles=profiles)


def test_the_leader_and_those_that_cannot_be_told_from_it_are_named() -> None:
    rows = [contender("sft/full", 150), contender("peft/lora", 149), contender("baseline/zero_shot", 40)]
    first, second = findings(rows, SETTINGS)["shop"]
    assert first.startswith("Highest score: FULL (sft/full) with 75.0 [")
    assert second == "Not separable from it (paired differences, Holm-corrected over all pairs, 95 %): peft/lora."


def test_a_clear_leader_is_called_one() -> None:
    rows = [contender("sft/full", 150), contender("baseline/zero_shot", 40)]
    assert findings(rows, SETTINGS)["shop"][1].startswith("Every other ranked recipe is below it")


def test_a_recipe_without_scores_of_items_is_not_called_worse() -> None:
    unpaired = replace(contender("peft/lora", 100), items=None)
    sentences = findings([contender("sft/full", 150), unpaired], SETTINGS)["shop"]
    assert sentences[1:] == ["Not compared with it item by item: peft/lora."]


def test_a_classical_model_that_beats_a_fine_tune_is_told() -> None:
    rows = [
        contender("baseline/tfidf", 150, base=None, trained=900),
        contender("peft/lora", 80, trained=1000, seeds=(0, 1, 2)),
        contender("baseline/zero_shot", 40),
    ]
    sentences = findings(rows, SETTINGS)["shop"]
    beaten = [sentence for sentence in sentences if "needs no pretrained model" in sentence]
    assert len(beaten) == 1
    assert beaten[0].startswith(
        "TFIDF (baseline/tfidf) needs no pretrained model and beats, in points, peft/lora by +35.0 ["
    )
    assert beaten[0].endswith("]: by this score that fine-tune was not worth the money.")


def beaten_twice(*profiles: str) -> list[str]:
    rows = [
        contender("baseline/tfidf", 150, base=None, trained=900),
        contender("peft/lora", 80, trained=1000),
        contender("sft/full", 70, trained=5000),
    ]
    return findings(rows, SETTINGS, profiles=profiles)["shop"]


def test_all_that_a_classical_model_beats_stand_in_one_sentence() -> None:
    (beaten,) = [sentence for sentence in beaten_twice("cpu") if "needs no pretrained model" in sentence]
    assert re.search(r"peft/lora by \+35\.0 \[[^]]*\], sft/full by \+40\.0 \[[^]]*\]: by this score those", beaten)


def test_random_weights_are_said_first_and_not_judged() -> None:
    first, *others = beaten_twice("smoke")
    assert first == "Tiny models with random weights: these scores test the harness, not a method."
    (beaten,) = [sentence for sentence in others if "needs no pretrained model" in sentence]
    assert beaten.endswith("].")
    assert not any("worth" in sentence for sentence in others)
    assert first not in beaten_twice("cpu")


def test_a_classical_model_that_loses_or_ties_is_not_praised() -> None:
    rows = [contender("peft/lora", 151, trained=1000), contender("baseline/tfidf", 150, base=None, trained=900)]
    assert not any("needs no pretrained model" in sentence for sentence in findings(rows, SETTINGS)["shop"])


def test_a_leader_with_one_training_seed_is_a_checkpoint() -> None:
    assert "true of this checkpoint" in findings([contender("peft/lora", 90, trained=10)], SETTINGS)["shop"][0]
    several = findings([contender("peft/lora", 90, trained=10, seeds=(0, 1))], SETTINGS)["shop"][0]
    assert "checkpoint" not in several


def test_a_row_of_another_protocol_never_leads() -> None:
    rows = [contender("baseline/zero_shot", 40), contender("sft/full", 150, comparable=False)]
    sentences = findings(rows, SETTINGS)["shop"]
    assert sentences[0].startswith("Highest score: ZERO_SHOT")
    assert not any("sft/full" in sentence for sentence in sentences)
