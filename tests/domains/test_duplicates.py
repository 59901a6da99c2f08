from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from harness.domains.duplicates import Deduplicated, deduplicate
from harness.items.item import Item
from harness.items.media_item import MediaItem, media_of


def item(name: str, text: str, label: str | None = None, answer: str | None = None) -> Item:
    return Item(id=name, text=text, label=label, answer=answer, cluster=name)


def pair(name: str, anchor: str, positive: str, cluster: str | None = None) -> Item:
    return Item(id=name, text=anchor, anchors=(anchor,), positive=positive, cluster=cluster or name)


def ids(result: Deduplicated) -> list[str]:
    return [kept.id for kept in result.items]


def counts(result: Deduplicated) -> tuple[int, int, int, int]:
    return result.duplicates, result.contradictions, result.merged, result.given_split_leaks


def test_equal_texts_with_one_label_are_kept_once() -> None:
    items = [item("1", "Fresh  Fish", "a"), item("2", "fresh fish", "a"), item("3", "dried fish", "a")]
    result = deduplicate(items)
    assert ids(result) == ["1", "3"]
    assert counts(result) == (1, 0, 0, 0)


def test_equal_texts_with_several_labels_are_all_dropped_and_counted() -> None:
    result = deduplicate([item("1", "lime", "fruit"), item("2", "Lime", "mineral"), item("3", "lemon", "fruit")])
    assert ids(result) == ["3"]
    assert counts(result) == (0, 2, 0, 0)


def test_a_copy_without_a_label_takes_the_label_of_another_copy() -> None:
    result = deduplicate([item("1", "lime"), item("2", "Lime", "mineral")])
    assert result.items == [item("1", "lime", "mineral")]
    assert counts(result) == (1, 0, 0, 0)


def test_equal_questions_with_equal_answers_are_kept_once() -> None:
    result = deduplicate([item("1", "Why?", answer="So."), item("2", "why?", answer="so.")])
    assert result.items == [item("1", "Why?", answer="So.")]
    assert counts(result) == (1, 0, 0, 0)


def test_different_answers_to_the_same_question_are_merged_into_the_first_copy() -> None:
    items = [
        item("1", "Why?", answer="So."),
        item("2", "why?", answer="Because."),
        replace(item("3", "why?", answer="so."), other_answers=("Therefore.", "because.")),
    ]
    result = deduplicate(items)
    assert result.items == [replace(items[0], other_answers=("Because.", "Therefore."))]
    assert counts(result) == (1, 0, 1, 0)


def test_an_answer_that_is_right_in_another_copy_is_not_a_wrong_answer() -> None:
    """Preferences that people gave in both directions."""
    first = replace(item("1", "Hi", answer="Hello!"), wrong_answers=("Go away.", "Bye"))
    second = replace(item("2", "Hi", answer="bye"), wrong_answers=("Hello!", "What?"))
    [kept] = deduplicate([first, second]).items
    assert (kept.answer, kept.other_answers, kept.wrong_answers) == ("Hello!", ("bye",), ("Go away.", "What?"))


def test_of_copies_in_several_splits_the_held_out_one_stays_and_the_others_count_as_leaks() -> None:
    train = replace(item("1", "Why?", answer="So."), given_split="train")
    test = replace(item("2", "why?", answer="Because."), given_split="test")
    result = deduplicate([train, test])
    assert result.items == [test], "and the training copy's answer does not become a reference of the test"
    assert counts(result) == (0, 0, 0, 1)


def test_a_text_in_validation_and_test_stays_in_test() -> None:
    copies = [replace(item(name, "lime", "a"), given_split=name) for name in ("train", "validation", "test")]
    result = deduplicate(copies)
    assert ids(result) == ["test"]
    assert counts(result) == (0, 0, 0, 2)


def test_pairs_with_the_same_anchor_and_several_positives_share_a_cluster() -> None:
    items = [pair("1", "flu", "Influenza"), pair("2", "Flu", "Viral disease"), pair("3", "flu", "influenza")]
    result = deduplicate(items)
    assert [(kept.id, kept.cluster) for kept in result.items] == [("1", "1"), ("2", "1")]
    assert counts(result) == (1, 0, 0, 0)


def test_joining_clusters_moves_all_their_items() -> None:
    items = [
        pair("1", "flu", "Influenza", "a"),
        pair("2", "flu", "Viral disease", "b"),
        pair("3", "cold", "Viral disease", "b"),
        pair("4", "cold", "Low temperature", "c"),
        pair("5", "broken leg", "Fracture", "d"),
    ]
    assert [kept.cluster for kept in deduplicate(items).items] == ["a", "a", "a", "a", "d"]


def test_documents_are_kept_once() -> None:
    result = deduplicate([replace(item(name, "Plain  text."), is_document=True) for name in ("1", "2")])
    assert ids(result) == ["1"]
    assert counts(result) == (1, 0, 0, 0)


maybe = st.sampled_from([None, "a", "b"])
made_items = st.lists(
    st.builds(
        Item,
        id=st.just(""),
        text=st.sampled_from(["x", "X ", "y", "z"]),
        cluster=st.sampled_from("cde"),
        label=st.sampled_from([None, None, "a", "b"]),
        answer=maybe,
        positive=maybe,
        given_split=st.sampled_from(["train", "test"]),
    ),
    max_size=12,
).map(lambda items: [replace(item, id=str(place)) for place, item in enumerate(items)])


@given(made_items)
def test_every_item_is_kept_or_counted_and_a_second_pass_drops_nothing(items: list[Item]) -> None:
    result = deduplicate(items)
    assert len(result.items) + sum(counts(result)) == len(items)
    assert set(ids(result)) <= {item.id for item in items}
    assert max(Counter(ids(result)).values(), default=1) == 1
    again = deduplicate(result.items)
    assert (again.items, sum(counts(again))) == (result.items, 0)


@given(made_items)
def test_different_texts_stay_unchanged(items: list[Item]) -> None:
    different = [replace(item, text=item.id) for item in items]
    assert deduplicate(different) == Deduplicated(different, 0, 0, 0, 0)


def test_the_same_text_about_another_file_is_another_item() -> None:
    def shown(name: str, content: bytes, label: str) -> MediaItem:
        return MediaItem(name, "which shape?", name, label, media=(media_of("image", content, ".png"),))

    items = [shown("1", b"a", "circle"), shown("2", b"b", "square"), shown("3", b"a", "circle")]
    result = deduplicate([*items, shown("4", b"c", "circle"), shown("5", b"c", "square")])
    assert ids(result) == ["1", "2"]
    assert counts(result) == (1, 2, 0, 0)


def test_equal_rows_of_a_table_are_different_observations() -> None:
    row = media_of("table", b'{"age": 3}', ".json")
    items = [MediaItem(str(n), "which?", str(n), "ab"[n % 2], media=(row,)) for n in range(4)]
    assert ids(deduplicate(items)) == ["0", "1", "2", "3"]
