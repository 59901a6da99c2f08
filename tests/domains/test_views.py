from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from harness.config.domain import ClaimsTask, ClassifyTask, Domain, Splits
from harness.domains.items import Item, Split
from harness.domains.views import claims_view, classify_view


def domain(items: int = 100) -> Domain:
    return Domain(
        title="t",
        summary="s",
        builder="b",
        source="s",
        splits=Splits(validation=1, test=1),
        classify=ClassifyTask(prompt="Which? {text}"),
        claims=ClaimsTask(prompt="True? {claim}", claim="{text} is {label}", items=items),
    )


def build(labels: list[str]) -> tuple[list[Item], dict[str, Split]]:
    items = [Item(id=str(i), text=f"text{{{i}}}", label=label, cluster=str(i)) for i, label in enumerate(labels)]
    return items, {item.id: "test" for item in items}


@given(st.lists(st.sampled_from("abcde"), min_size=2, max_size=60))
def test_every_label_is_claimed_truly_as_often_as_falsely(labels: list[str]) -> None:
    items, split = build(labels)
    claims = claims_view(items, split, domain())
    said = {"True": Counter[str](), "False": Counter[str]()}
    label_of = {item.id: item.label for item in items}
    for claim in claims:
        label = claim.text.rsplit(" is ", 1)[1]
        said[claim.answer][label] += 1
        is_true = label_of[claim.id.rsplit("-", 1)[0]] == label
        assert is_true == (claim.answer == "True")
    assert said["True"] == said["False"]


def test_claims_survive_one_label_being_most_of_the_items() -> None:
    items, split = build(["a"] * 18 + ["b"] * 2)
    claims = claims_view(items, split, domain())
    assert len(claims) == 8  # two of each label, one true and one false claim each


def test_claims_are_limited_per_split() -> None:
    items, split = build(["a", "b"] * 20)
    assert len(claims_view(items, split, domain(items=5))) <= 10


def test_classify_puts_the_item_into_the_prompt_even_with_braces_in_it() -> None:
    items, split = build(["a", "b"])
    questions = classify_view(items, split, domain())
    assert {q.prompt for q in questions} == {"Which? text{0}", "Which? text{1}"}
    assert all(q.choices == ("a", "b") for q in questions)


def test_the_order_of_a_smaller_set_is_the_order_within_the_larger_one() -> None:
    items, split = build(["a", "b"] * 20)
    everything = [q.id for q in classify_view(items, split, domain())]
    some = items[:15]
    fewer = [q.id for q in classify_view(some, split, domain())]
    kept = {item.id for item in some}
    assert fewer == [name for name in everything if name in kept]
