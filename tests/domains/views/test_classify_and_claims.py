from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from harness.config.domain import ClaimsTask, ClassifyTask, Domain
from harness.domains.views.claims import claims_view
from harness.domains.views.classify import classify_view
from harness.domains.views.contract import Content
from harness.items.item import Item
from tests.domains.views.contents import domain


def asked(items: int = 100) -> Domain:
    return domain(
        classify=ClassifyTask(prompt="Which? {text}"),
        claims=ClaimsTask(prompt="True? {claim}", claim="{text} is {label}", items=items),
    )


def build(labels: list[str], asked: Domain) -> Content:
    items = [Item(id=str(i), text=f"text{{{i}}}", label=label, cluster=str(i)) for i, label in enumerate(labels)]
    return Content(items, {item.id: "test" for item in items}, asked)


@given(st.lists(st.sampled_from("abcde"), min_size=2, max_size=60))
def test_every_label_occurs_in_as_many_true_as_false_claims(labels: list[str]) -> None:
    content = build(labels, asked())
    said = {"True": Counter[str](), "False": Counter[str]()}
    label_of = {item.id: item.label for item in content.items}
    for claim in claims_view(content):
        label = claim.text.rsplit(" is ", 1)[1]
        said[claim.answer][label] += 1
        is_true = label_of[claim.id.rsplit("-", 1)[0]] == label
        assert is_true == (claim.answer == "True")
    assert said["True"] == said["False"]


def test_claims_work_if_most_items_have_the_same_label() -> None:
    claims = claims_view(build(["a"] * 18 + ["b"] * 2, asked()))
    assert len(claims) == 8  # two of each label, one true and one false claim each


def test_claims_are_limited_per_split() -> None:
    assert len(claims_view(build(["a", "b"] * 20, asked(items=5)))) <= 10


def test_a_text_with_braces_is_put_into_the_prompt_unchanged() -> None:
    questions = classify_view(build(["a", "b"], asked()))
    assert {q.prompt for q in questions} == {"Which? text{0}", "Which? text{1}"}
    assert all(q.choices == ("a", "b") for q in questions)


def test_a_smaller_set_has_the_same_order_as_within_a_larger_set() -> None:
    content = build(["a", "b"] * 20, asked())
    everything = [q.id for q in classify_view(content)]
    some = content.items[:15]
    fewer = [q.id for q in classify_view(Content(some, content.split, content.domain))]
    kept = {item.id for item in some}
    assert fewer == [name for name in everything if name in kept]
