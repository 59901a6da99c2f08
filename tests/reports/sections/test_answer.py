from __future__ import annotations

from harness.reports.board.findings import SMOKE
from harness.reports.contract.rows import MachineCell, Row
from harness.reports.sections.answer import Answer, answer, key_rows
from tests.reports.invented_rows import ZERO, invented_board, invented_row

FULL = invented_row("sft/full", 0.80, best=True, usd=0.05, memory_mb=5800.0)
LORA = invented_row("peft/lora", 0.78, best=True, usd=0.02)
WORDS = invented_row("baseline/tfidf", 0.75, best=True, usd=0.001, base_model=None, memory_mb=530.0)
SETFIT = invented_row("lowresource/setfit", 0.60, best=False, usd=0.0001)
REFERENCE = invented_row(ZERO, 0.20, best=False, usd=0.004)


def of(*rows: Row) -> Answer:
    return answer(rows, invented_board(rows))


def test_the_first_sentence_names_the_leader_its_margin_and_its_costs() -> None:
    first, second = of(FULL, LORA, WORDS, SETFIT, REFERENCE).sentences
    text = "".join(part.text for part in first)
    assert text == (
        "Full (sft/full) has the highest score: 80.0 [75.0, 85.0] % accuracy, +60.0 [+10.0, +90.0] points against "
        "Zero_shot (baseline/zero_shot), for USD 0.050, 1 min 00 s of training and 5.80 GB of memory."
    )
    assert [part.text for part in first if part.strong] == ["Full"]
    assert [part.text for part in second if part.strong] == ["Tfidf"]


def test_the_second_names_the_cheapest_of_the_rows_that_cannot_be_told_apart() -> None:
    """SetFit is cheaper still, but surely worse."""
    text = of(FULL, LORA, WORDS, SETFIT, REFERENCE).text
    assert (
        "With these 90 items and one seed, 2 other rows cannot be told from it: the cheapest of them is Tfidf" in text
    )
    assert "Setfit" not in text


def test_a_leader_that_is_the_cheapest_is_said_to_be() -> None:
    cheap = FULL.model_copy(update={"cost": SETFIT.cost})
    assert "none of them is cheaper." in of(cheap, LORA, WORDS).text
    assert "cannot be told from it: Lora (peft/lora), which is not cheaper." in of(cheap, LORA, SETFIT).text


def test_costs_that_do_not_compare_decide_nothing_and_are_named() -> None:
    elsewhere = MachineCell(usual=False, measured_on=["another"])
    words = WORDS.model_copy(update={"machine": elsewhere})
    found = of(FULL, LORA, words)
    assert "the cheapest of those whose costs compare is Lora" in found.text
    both = [row.model_copy(update={"machine": elsewhere}) for row in (FULL, LORA)]
    found = of(*both)
    assert found.text.endswith("Lora (peft/lora); their costs do not compare.")
    assert any("seconds and money of sft/full do not compare" in sentence for sentence in found.caveats)


def test_a_clear_winner_is_called_the_best() -> None:
    text = of(FULL, SETFIT, REFERENCE).text
    assert "it is the best: the next row, Setfit (lowresource/setfit), scores 60.0 %" in text


def test_a_difference_within_chance_is_not_sold_as_a_gain() -> None:
    row = invented_row("peft/lora", 0.22, best=True, verdict="undecided")
    assert (
        "which cannot be told from Zero_shot (baseline/zero_shot) (+2.0 [+10.0, +90.0] points)"
        in of(row, REFERENCE).text
    )
    reference = invented_row(ZERO, 0.20, best=True)
    assert "it is the reference, and no trained recipe scores higher" in of(reference, SETFIT).text


def test_rows_that_were_not_compared_item_by_item_are_not_ranked() -> None:
    first, second = invented_row("peft/lora", 0.7), invented_row("sft/full", 0.6)
    assert "nothing says how sure its lead is" in of(first, second).text
    assert of(first).text.endswith("No other row has a score to compare it with.")
    assert of(invented_row("peft/lora", None)).text == "No recipe has a score on this domain."


def test_money_of_parents_counts() -> None:
    tuned = LORA.model_copy(
        update={"parents": ["sft/full-goods-0"], "cost": LORA.cost.model_copy(update={"usd_with_parents": 0.3})}
    )
    assert "USD 0.30" in of(tuned, SETFIT).text
    assert "none of them is cheaper" not in of(tuned, FULL, WORDS).text


def test_limits_are_listed() -> None:
    stale = FULL.model_copy(update={"stale": "code changed"})
    assert of(stale, WORDS).caveats == (
        "sft/full is stale: something that may change it changed later.",
        "sft/full: one seed, so the figures describe one trained model, not the method.",
    )
    several = FULL.model_copy(update={"seeds": [0, 1, 2]})
    assert of(several).caveats == ()
    assert answer([several], invented_board([several], profiles=["smoke"])).caveats == (SMOKE,)


def test_the_short_table_holds_leader_cheapest_best_without_a_model_and_reference() -> None:
    rows = [FULL, LORA, WORDS, SETFIT, REFERENCE]
    assert key_rows(rows) == [FULL, WORDS, REFERENCE]
    assert key_rows([LORA, SETFIT]) == [LORA]
    failed = invented_row("peft/lora", None)
    assert key_rows([failed]) == [failed]
