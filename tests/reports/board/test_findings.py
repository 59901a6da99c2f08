from __future__ import annotations

import re

from harness.reports.board.board import domain_board
from harness.reports.board.findings import findings
from harness.reports.board.measured.scored_groups import ScoredGroup
from tests.reports.board.invented_groups import SETTINGS, group

ZERO = group("baseline/zero_shot", 40)
TFIDF = group("baseline/tfidf", 150, base=None, trained=900)


def sentences(groups: list[ScoredGroup], *profiles: str) -> list[str]:
    return findings([domain_board("shop", groups, SETTINGS)], SETTINGS, profiles=profiles)["shop"]


def of_baselines(groups: list[ScoredGroup], *profiles: str) -> list[str]:
    return [sentence for sentence in sentences(groups, *profiles) if "fine-tunes no model" in sentence]


def test_the_leader_and_recipes_not_separable_from_it_are_named() -> None:
    first, second = sentences([group("sft/full", 150), group("peft/lora", 149), ZERO])
    assert first.startswith("Highest score: FULL (sft/full) with 75.0 [")
    assert second == (
        "One other row cannot be told from the best with these items and seeds (95 % confidence): peft/lora."
    )


def test_several_rows_that_may_be_best_are_counted() -> None:
    found = sentences([group("sft/full", 150), group("peft/lora", 149), group("peft/ia3", 148), ZERO])
    assert found[1].startswith("2 other rows cannot be told from the best")
    assert found[1].endswith(": peft/lora, peft/ia3.")


def test_a_row_with_its_own_budget_is_flagged_in_the_sentences() -> None:
    first, second = sentences([group("sft/full", 150, own_budget=True), group("peft/lora", 149, own_budget=True)])
    assert first.startswith("Highest score: FULL (sft/full [own budget: 512 examples]) with 75.0 [")
    assert second.endswith(": peft/lora [own budget: 512 examples].")


def test_a_clear_leader_is_called_one() -> None:
    assert sentences([group("sft/full", 150), ZERO])[1] == (
        "It is the best: every other ranked row scores lower with these items and seeds (95 % confidence)."
    )


def test_a_recipe_without_scores_of_items_is_not_called_worse() -> None:
    found = sentences([group("sft/full", 150), group("peft/lora", 100, per_item=False)])
    assert found[1:] == ["Not compared with it item by item: peft/lora."]


def test_a_baseline_that_beats_a_fine_tune_is_named() -> None:
    (beaten,) = of_baselines([TFIDF, group("peft/lora", 80, trained=1000, seeds=(0, 1, 2)), ZERO])
    assert beaten.startswith("TFIDF (baseline/tfidf) fine-tunes no model and beats, in points, peft/lora by +35.0 [")
    assert beaten.endswith(
        "]. This fine-tune learnt the same task from as many training examples, and by this score was not worth the "
        "money."
    )


TWO_BEATEN = [TFIDF, group("peft/lora", 80, trained=1000), group("sft/full", 70, trained=5000)]


def test_all_that_a_baseline_beats_stand_in_one_sentence() -> None:
    (beaten,) = of_baselines(TWO_BEATEN, "cpu")
    assert re.search(r"peft/lora by \+35\.0 \[[^]]*\], sft/full by \+40\.0 \[[^]]*\]\. These fine-tunes learnt", beaten)
    assert beaten.endswith("by this score were not worth the money.")


def test_random_weights_are_said_first_and_not_judged() -> None:
    first, *others = sentences(TWO_BEATEN, "smoke")
    assert first.startswith("Tiny models with random weights")
    assert not any("worth" in sentence for sentence in others)
    assert first not in sentences(TWO_BEATEN, "cpu")


def test_a_baseline_is_not_compared_with_a_fine_tune_that_had_fewer_examples() -> None:
    few = group("lowresource/setfit", 80, trained=1000, examples=64)
    assert of_baselines([TFIDF, few, ZERO]) == []


def test_each_budget_has_its_own_best_baseline() -> None:
    few = [
        group("lowresource/tfidf", 130, base=None, trained=900, examples=64),
        group("lowresource/setfit", 80, trained=1000, examples=64),
    ]
    first, second = of_baselines([TFIDF, group("peft/lora", 80, trained=1000), *few])
    assert "(baseline/tfidf) fine-tunes no" in first
    assert "peft/lora" in first
    assert "setfit" not in first
    assert "(lowresource/tfidf) fine-tunes no" in second
    assert "lowresource/setfit" in second


def test_a_fine_tune_that_learnt_another_task_is_not_called_beaten() -> None:
    groups = [
        TFIDF,
        group("multitask/only_claims", 30, trained=1000, by_task={"claims": 512}),
        group("multitask/uniform", 60, trained=1000, by_task={"classify": 256, "claims": 256}),
    ]
    assert of_baselines(groups) == []


def test_a_multi_task_recipe_that_learnt_the_main_task_alone_is_compared() -> None:
    only_labels = group("multitask/only_labels", 60, trained=1000, by_task={"classify": 512})
    assert "multitask/only_labels by" in of_baselines([TFIDF, only_labels])[0]


def test_a_fine_tune_that_learnt_another_domain_too_is_not_called_beaten() -> None:
    assert of_baselines([TFIDF, group("continual/naive", 60, trained=1000, domains=("shop", "law"))]) == []


def test_a_baseline_that_loses_or_ties_is_not_praised() -> None:
    assert of_baselines([group("peft/lora", 151, trained=1000), TFIDF]) == []


def test_a_leader_with_one_training_seed_is_one_trained_model() -> None:
    one_seed = "It was trained with one seed: this describes one trained model, not the method."
    assert sentences([group("peft/lora", 90, trained=10)])[0].endswith(one_seed)
    assert "seed" not in sentences([group("peft/lora", 90, trained=10, seeds=(0, 1))])[0]


def test_a_row_of_another_protocol_never_leads() -> None:
    found = sentences([ZERO, group("sft/full", 150, protocol="older")])
    assert found[0].startswith("Highest score: ZERO_SHOT")
    assert not any("sft/full" in sentence for sentence in found)
