from harness.domains.items import Item, Split
from harness.domains.leaks import deduplicate, near_duplicates_in_train


def item(name: str, text: str, label: str = "a") -> Item:
    return Item(id=name, text=text, label=label, cluster=name)


def test_equal_texts_with_one_label_are_kept_once() -> None:
    result = deduplicate([item("1", "Fresh  Fish"), item("2", "fresh fish"), item("3", "dried fish")])
    assert [kept.id for kept in result.items] == ["1", "3"]
    assert (result.duplicates, result.contradictions) == (1, 0)


def test_equal_texts_with_several_labels_are_all_dropped_and_counted() -> None:
    result = deduplicate([item("1", "lime", "fruit"), item("2", "Lime", "mineral"), item("3", "lemon", "fruit")])
    assert [kept.id for kept in result.items] == ["3"]
    assert result.contradictions == 2


def test_a_training_item_that_nearly_repeats_a_test_item_is_found() -> None:
    items = [
        item("test", "Woven fabrics of cotton, containing 85 % or more by weight of cotton, printed"),
        item("near", "Woven fabrics of cotton, containing 85 % or more by weight of cotton, printed."),
        item("far", "Reciprocating pumps for liquids, with a measuring device"),
    ]
    split: dict[str, Split] = {"test": "test", "near": "train", "far": "train"}
    assert near_duplicates_in_train(items, split) == {"near"}


def test_near_repeats_within_the_test_split_are_no_leak() -> None:
    items = [item("1", "the very same product text"), item("2", "the very same product text!")]
    assert near_duplicates_in_train(items, {"1": "test", "2": "test"}) == set()


def test_the_similarity_is_the_exact_jaccard_of_character_five_grams() -> None:
    a, b = "abcdefgh ijklmnop", "abcdefgh qrstuvwx"
    grams = [
        {padded[i : i + 5] for word in text.split() for padded in [f" {word} "] for i in range(len(padded) - 4)}
        for text in (a, b)
    ]
    exact = len(grams[0] & grams[1]) / len(grams[0] | grams[1])
    split: dict[str, Split] = {"a": "test", "b": "train"}
    items = [item("a", a), item("b", b)]
    assert near_duplicates_in_train(items, split, near=exact) == {"b"}
    assert near_duplicates_in_train(items, split, near=exact + 1e-6) == set()
