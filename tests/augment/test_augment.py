from dataclasses import replace

import pytest

from harness.augment.augment import NOISES, SYNONYM, augmented, prompt_with
from harness.augment.synonyms import own_synonyms
from harness.errors import ConfigError, DataError
from harness.items.item import Item
from harness.items.rows import Question

CHOLERA = Item(id="A00", text="Cholera", cluster="A00", anchors=("Classical cholera",), positive="Cholera")


def question(name: str = "q1", text: str = "Fresh fish, with or without ventilation") -> Question:
    return Question(
        id=name,
        split="train",
        cluster=name,
        text=text,
        prompt=f"Which section of fish, wood?\nProduct: {text}",
        choices=("fish", "wood"),
        answer="fish",
    )


def test_copies_change_text_and_prompt_and_keep_the_rest() -> None:
    original = question()
    copies = augmented([original], ways=sorted(NOISES), copies=2, seed=0)
    assert len({copy.text for copy in copies} | {original.text}) == len(copies) + 1
    for copy in copies:
        assert copy.prompt == f"Which section of fish, wood?\nProduct: {copy.text}"
        assert replace(copy, id=original.id, text=original.text, prompt=original.prompt) == original


def test_ids_tell_the_way_and_the_number() -> None:
    copies = augmented([question()], ways=["typos", "upper"], copies=2, seed=0)
    assert [copy.id for copy in copies] == ["q1+typos-1", "q1+typos-2", "q1+upper-1"], "capitals come one way only"


def test_copies_that_equal_the_original_are_left_out() -> None:
    assert augmented([question(text="12")], ways=["typos", "upper", "swap", "abbreviated"], copies=3, seed=0) == []


def test_synonyms_of_the_domain_are_put_in() -> None:
    [copy] = augmented([question(text="Cholera")], ways=[SYNONYM], copies=3, seed=0, synonyms=own_synonyms([CHOLERA]))
    assert (copy.id, copy.text) == ("q1+synonym-1", "Classical cholera")
    assert augmented([question()], ways=[SYNONYM], copies=1, seed=0, synonyms=own_synonyms([CHOLERA])) == []


def test_a_copy_depends_on_the_seed_and_its_id_only() -> None:
    alone = augmented([question("q2")], ways=["typos"], copies=1, seed=3)
    among = augmented([question("q1"), question("q2")], ways=["swap", "typos"], copies=2, seed=3)
    assert alone[0] in among
    assert augmented([question("q2")], ways=["typos"], copies=1, seed=4) != alone


@pytest.mark.parametrize("split", ["validation", "test"])
def test_held_out_questions_are_refused(split: str) -> None:
    held_out = replace(question(), split=split)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=f"is for {split}"):
        augmented([question(), held_out], ways=["typos"], copies=1, seed=0)


def test_an_unknown_way_gets_a_suggestion() -> None:
    with pytest.raises(ConfigError, match='"typo"') as caught:
        augmented([], ways=["typo"], copies=1, seed=0)
    assert caught.value.hint == 'did you mean "typos"?'


def test_no_copies_and_missing_synonyms_are_refused() -> None:
    with pytest.raises(ConfigError, match="number of copies is 0"):
        augmented([question()], ways=["typos"], copies=0, seed=0)
    with pytest.raises(DataError, match="no synonyms"):
        augmented([question()], ways=[SYNONYM], copies=1, seed=0)


def test_the_last_occurrence_between_words_is_replaced() -> None:
    asked = replace(question(text="fish"), prompt="Is it fish or wood?\nProduct: fish\nNot selfish.")
    assert prompt_with(asked, "FISH") == "Is it fish or wood?\nProduct: FISH\nNot selfish."


def test_texts_that_begin_or_end_with_signs_are_found() -> None:
    asked = replace(question(text="(other) 5 %."), prompt="What? (other) 5 %.")
    assert prompt_with(asked, r"\1 new") == r"What? \1 new"


def test_a_prompt_without_the_text_is_refused() -> None:
    with pytest.raises(DataError, match="does not contain its text"):
        prompt_with(replace(question(), prompt="What does 0101 mean?"), "new")
