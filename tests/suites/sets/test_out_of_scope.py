from __future__ import annotations

from collections import Counter
from pathlib import Path

from harness.config.domain import ClassifyTask, Domain, Splits
from harness.domains.views.contract import Content
from harness.items.item import Item, Split
from harness.suites.build import check_rows
from harness.suites.contract import Places
from harness.suites.sets.out_of_scope import DECLINE, FAR, FAR_TOPICS, IN, NEAR, out_of_scope

SUITES = Path(__file__).parents[3] / "data/suites"


def content(noun: str, labels: tuple[str, ...], *, prompt: str = "Which of them? {text}") -> Content:
    """Twelve items, four of which are in training."""
    items = [
        Item(id=f"{n}", text=f"{noun} {n}", cluster=f"{noun}{n}", label=labels[n % len(labels)]) for n in range(12)
    ]
    split: dict[str, Split] = {item.id: "train" if n < 4 else "test" for n, item in enumerate(items)}
    domain = Domain(
        title=noun,
        summary=noun,
        builder="records",
        source="somewhere",
        splits=Splits(validation=1, test=8),
        classify=ClassifyTask(prompt=prompt),
    )
    return Content(items, split, domain)


def places(**learnt: Content) -> Places:
    others = {"goods": content("product", ("metals", "wood")), "ills": content("disease", ("eye", "ear"))}
    return Places(SUITES, SUITES, contents=lambda: others, learnt=lambda: learnt or {"goods": others["goods"]})


def test_half_of_any_even_number_of_questions_is_inside_and_the_rest_alternates_between_near_and_far() -> None:
    rows = out_of_scope(places())
    check_rows(rows, where="out_of_scope")
    assert [row.kind for row in rows[:8]] == [IN, NEAR, IN, FAR] * 2
    assert Counter(row.kind for row in rows) == {IN: 8, NEAR: 4, FAR: 4}


def test_every_question_asks_in_the_words_of_the_domain_and_offers_its_labels_and_a_way_to_decline() -> None:
    for row in out_of_scope(places()):
        assert row.id.startswith("goods/")
        assert row.prompt.endswith(f"Which of them? {row.text}")
        assert DECLINE in row.prompt
        assert row.choices == ("metals", "wood", DECLINE)
        assert (row.answer == DECLINE) == (row.kind != IN)


def test_only_held_out_items_are_asked_about() -> None:
    numbers = {row.text.rpartition(" ")[2] for row in out_of_scope(places()) if row.kind != FAR}
    assert not numbers & {"0", "1", "2", "3"}


def test_what_is_far_is_about_no_product_and_no_disease() -> None:
    topics = {row.cluster.rpartition("-")[0] for row in out_of_scope(places()) if row.kind == FAR}
    assert topics <= set(FAR_TOPICS)


def test_a_domain_whose_label_is_the_answer_that_declines_has_no_questions() -> None:
    assert out_of_scope(places(odd=content("thing", ("metals", DECLINE)))) == []


def test_each_domain_that_recipes_run_on_has_its_own_questions() -> None:
    rows = out_of_scope(places(goods=content("product", ("metals", "wood")), ills=content("disease", ("eye", "ear"))))
    assert {row.id.partition("/")[0] for row in rows} == {"goods", "ills"}
    near = [row.text for row in rows if row.kind == NEAR and row.id.startswith("ills/")]
    assert near
    assert all(text.startswith("product") for text in near)
