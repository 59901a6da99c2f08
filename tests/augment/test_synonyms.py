import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from harness.augment.synonyms import own_synonyms, replace_with_synonym
from harness.items.item import Item


def diagnosis(text: str, *synonyms: str) -> Item:
    return Item(id=text, text=text, cluster=text, anchors=synonyms, positive=text)


def variants(text: str, items: Sequence[Item]) -> set[str | None]:
    synonyms = own_synonyms(items)
    return {replace_with_synonym(text, synonyms=synonyms, rng=random.Random(seed)) for seed in range(30)}


def test_a_whole_name_becomes_any_other_name_of_the_thing() -> None:
    items = [diagnosis("Cholera", "Classical cholera", "Asiatic cholera"), diagnosis("Measles", "Morbilli")]
    assert variants("cholera ", items) == {"Classical cholera", "Asiatic cholera"}
    assert variants("Morbilli", items) == {"Measles"}


def test_a_name_inside_a_text_is_replaced_where_it_stands() -> None:
    items = [diagnosis("Measles", "Morbilli"), diagnosis("Measles of the eye", "Morbilli oculi")]
    assert variants("Signs of measles, in children", items) == {"Signs of Morbilli, in children"}
    assert variants("Signs of measles of the eye", items) == {"Signs of Morbilli oculi"}, "the longest name"


def test_parts_of_words_and_very_short_names_are_left() -> None:
    items = [diagnosis("Tuberculosis", "TB"), diagnosis("Burn", "Scald")]
    assert variants("TB of the lung, with burning", items) == {None}


def test_a_name_of_several_things_is_left_out() -> None:
    items = [diagnosis("Iron deficiency", "Anemia"), diagnosis("Blood loss", "Anemia", "Haemorrhage")]
    assert variants("Anemia", items) == {None}
    assert variants("Blood loss", items) == {"Haemorrhage"}
    assert variants("Iron deficiency", items) == {None}


def test_what_anchors_should_find_is_no_synonym_unless_it_is_the_text() -> None:
    question = Item(id="q", text="For how long?", cluster="q", anchors=("For how long?",), positive="Ten years.")
    assert own_synonyms([question, Item(id="plain", text="x", cluster="x")]) is None


def test_without_synonyms_nothing_is_replaced() -> None:
    assert replace_with_synonym("Cholera", synonyms=None, rng=random.Random(0)) is None


names = st.text("ab ", min_size=1, max_size=6).filter(str.strip)


@given(st.lists(st.lists(names, min_size=1, max_size=4), max_size=5), names)
def test_a_replacement_is_always_a_change_or_none(lists: list[list[str]], text: str) -> None:
    synonyms = own_synonyms([diagnosis(first, *others) for first, *others in lists])
    replaced = replace_with_synonym(text, synonyms=synonyms, rng=random.Random(0))
    assert replaced is None or " ".join(replaced.casefold().split()) != " ".join(text.casefold().split())
