"""Every kind of check, with answers that keep it and answers that break it; and how checks are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError
from harness.suites.checks.arguments import MOST
from harness.suites.checks.registry import FAMILIES, FAMILY_OF, parse_check

KEPT_AND_BROKEN: dict[str, list[tuple[str, str]]] = {
    "words_at_most 3": [("one two three", "one two three four")],
    "words_at_least 3": [("don't be well-known", "costs 3.50")],
    "words_exactly 2": [("Hello, you!", "Hello")],
    "words_between 2 3": [("one two", "one"), ("one two three", "one two three four")],
    "sentences_at_most 1": [('"Stop!" she said to Dr. Wu.', "Stop. Go.")],
    "sentences_at_least 2": [("Stop! Go", "Stop at 3.50 or so")],
    "sentences_exactly 2": [("Is it? It is.", "It is."), ("- Tea\n- Milk", "Tea, milk and e.g. cake")],
    "sentences_between 1 2": [("Tea.", "Tea. Milk. Cake.")],
    "paragraphs_at_most 1": [("a\nb", "a\n\nb")],
    "paragraphs_at_least 2": [("a\n \t\nb", "a\nb")],
    "paragraphs_exactly 2": [("a\n\n\n\nb", "a\n\nb\n\nc")],
    "paragraphs_between 2 3": [("a\n\nb", "a")],
    "characters_at_most 5": [("a b c", "a b cd")],
    "characters_at_least 5": [("a b c", "abcd")],
    "characters_exactly 5": [("größe", "grösse")],
    "characters_between 2 4": [("abc", "abcde")],
    "bullet_list 2": [("Sure:\n- a\n* b", "- a\n- b\n- c"), ("• a\n  + b", "-a\n-b")],
    "numbered_list 2": [("Sure:\n1. a\n2) b", "1. a\n3. b"), ("(1) a\n\n(2) b", "1.5 a\n2.5 b")],
    "lettered_list 2": [("a) x\nb) y", "a) x\nc) y"), ("A. x\nB. y", "a) x\nb) y\nc) z")],
    "one_line": [("a b", "a\nb")],
    "lines_exactly 2": [("a\n\nb", "a")],
    "title_line": [
        ("**My Day**\n\nIt was nice.", "My Day"),
        ("# My Day\nIt was nice.", "It was nice.\nIt was."),
        ("Tea\nis fine", "***\nis no title"),
        ("A B C D E F G H I J\ntext", "A B C D E F G H I J K\ntext"),
    ],
    "markdown_heading": [("# Tea\nHot.", "#tea is hot"), ("Now:\n### Tea", "# ")],
    "markdown_bold": [("a **b c** d", "a *b* c"), ("**a**", "** a ** and ****")],
    "in_quotes": [('"Hello."', '"Hello," he said.'), ("“Hello”", '"a" and "b"'), ("«Oui»", '""')],
    "blanks_to_fill 1": [("Dear [name],", "Dear [name] of [town],"), ("[x] (y)", "[link](http://a)")],
    "json_keys a, b": [
        ('{"b": 1, "a": {"c": 2}}', '{"a": 1}'),
        ('```json\n{"a": 1, "b": 2}\n```', '{"a": 1, "b": 2, "c": 3}'),
        ('```\n{"a": 1, "b": 2}```', 'Here: {"a": 1, "b": 2}'),
        ('{"a": NaN, "b": null}', '["a", "b"]'),
    ],
    "json_list 2": [('["a", "b"]', '["a"]'), ('[\n"a",\n"b"\n]', '["a", 2]'), ('["a", "a"]', '{"a": "b"}')],
    "comma_separated 3": [("a, b, and c d", "a, b"), ("a,b,c", "a,\nb,\nc"), ("a, b, c.", "a, , c")],
    "labelled_lines Name, Full price": [
        ("Name: pen\nFull price: 2", "Full price: 2\nName: pen"),
        ("**name:** pen\n\nFULL PRICE: 2: or 3", "Name: pen\nFull price:"),
    ],
    "contains sun, warm sea": [("The Sun and a WARM\n sea", "The sunny warm sea")],
    "lacks good, nice": [("The goodness of niceties", "A Nice day")],
    "contains_times 2 red car": [("red car, Red car!", "red cars, red car")],
    "starts_with Dear customer": [
        ('"Dear customer, thanks', "Dear customers, thanks"),
        ("dear Customer", "My dear customer"),
    ],
    "ends_with the end": [("So it was. The end.", "The end of it"), ("**The end!**", "to bathe end")],
    "ends_with Bye!": [('"Bye!"', "Bye")],
    "lowercase": [("i say 3!", "I say 3!"), ("å", "123")],
    "uppercase": [("STOP 3!", "STOp 3!"), ("Å", "!!!")],
    "title_case": [("The 3rd Man Of It", "The 3rd man"), ("Don't Go", "don't Go")],
    "capital_words 1": [("I say NO to a B", "I say NO NO"), ("AI3 is", "No")],
    "no_commas": [("a; b", "a, b"), ("a b", "a，b")],
    "no_full_stops": [("a!", "a.")],
    "no_punctuation": [("a (b) - c", "a: b")],
    "ends_with_question_mark": [('"Why?"', "Why? So.")],
    "ends_with_exclamation_mark": [("**Go!**", "Go! now")],
    "question_marks 2": [("a? b?", "a?"), ("??", "???")],
    "parentheses": [("a (b)", "a ()"), ("a (3) b", "a (b\nc)")],
    "language de": [("Ich esse sehr gerne Nudeln mit Käse.", "I like to eat noodles with cheese.")],
    "language fr": [("Le petit chat dort sur mon lit.", "El gato pequeño duerme en mi cama.")],
    "language es": [("El gato pequeño duerme en mi cama.", "Il gatto piccolo dorme nel mio letto.")],
    "language sv": [
        ("Barnen leker i trädgården med hunden.", "Ja."),
        ("Jag vill gärna ha en kopp te.", "Jeg vil gjerne ha en kopp te nå."),
    ],
}
TRIED = [(text, *pair) for text, pairs in KEPT_AND_BROKEN.items() for pair in pairs]
TEXTS = st.text(st.characters(exclude_characters=",", exclude_categories=["Z", "C"]), min_size=1)


@pytest.mark.parametrize(("text", "kept", "broken"), TRIED)
def test_a_check_tells_answers_that_keep_it_from_those_that_break_it(text: str, kept: str, broken: str) -> None:
    check = parse_check(text)
    assert check.holds(kept)
    assert check.holds(f"\n {kept} \n")
    assert not check.holds(broken)


def test_every_kind_of_check_is_tried_above() -> None:
    assert {text.split()[0] for text in KEPT_AND_BROKEN} == set(FAMILY_OF)


def test_no_two_families_have_a_check_of_the_same_name() -> None:
    assert len(FAMILY_OF) == sum(len(kinds) for kinds in FAMILIES.values())


@pytest.mark.parametrize("text", KEPT_AND_BROKEN)
@pytest.mark.parametrize("nothing", ["", " ", "\n\t\n"])
def test_an_empty_answer_breaks_every_check(text: str, nothing: str) -> None:
    assert not parse_check(text).holds(nothing)


def test_a_check_knows_its_name_and_family_and_says_its_rule() -> None:
    check = parse_check("words_between 2 10")
    assert (check.text, check.name, check.family) == ("words_between 2 10", "words_between", "length")
    assert check.rule.says == "2 to 10 words"
    assert parse_check("paragraphs_at_least 1").rule.says == "at least 1 paragraph"


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("words_at_most", "the number is missing", "a whole number above 0, as in `words_at_most 3`"),
        ("words_at_most -3", '"-3" is not such a number', "a whole number"),
        ("words_at_most 2.5", '"2.5" is not such a number', "a whole number"),
        ("words_at_most ²", '"²" is not such a number', "a whole number"),
        ("words_at_most 0", "0 is not from 1 to 10000", "a whole number"),
        ("words_at_most 10001", "10001 is not from 1 to 10000", "a whole number"),
        (f"words_at_most {'9' * 5000}", "is not such a number", "a whole number"),
        ("words_between 3", '"3" is not two numbers', "two whole numbers, the smaller one first"),
        ("words_between 3 3", "3 is not below 3", "as in `words_between 10 20`"),
        ("lettered_list 27", "there are no 27 letters", "a whole number"),
        ("no_commas please", 'there is an argument, "please"', "`no_commas` alone"),
        ("json_keys", "the text is missing", "as in `json_keys name, price`"),
        ("json_keys a,, b", 'a text is empty before or after a comma in "a,, b"', "texts separated by commas"),
        ("json_keys a, a", 'a text occurs twice in "a, a"', "texts separated by commas"),
        ("contains_times water 2", '"water" is not such a number', "a whole number above 0, then a text"),
        ("contains_times 2", "the text is missing", "as in `contains_times 2 water`"),
        ("language xx", '"xx" is not one of them; known: de, es, fr, sv', "one of de, fr, es, sv"),
    ],
)
def test_a_wrong_argument_is_told_with_what_it_must_be(text: str, found: str, expected: str) -> None:
    with pytest.raises(DataError) as error:
        parse_check(text, where="style.jsonl:7")
    assert str(error.value).startswith("style.jsonl:7: check")
    assert found in error.value.what
    assert error.value.expected is not None
    assert expected in error.value.expected


@pytest.mark.parametrize(("text", "hint"), [("word_at_most 3", "words_at_most"), ("no_comma", "no_commas")])
def test_an_unknown_check_is_told_with_a_near_one(text: str, hint: str) -> None:
    with pytest.raises(DataError, match=f'there is no check "{text.split()[0]}"') as error:
        parse_check(text, where="style.jsonl:7")
    assert error.value.hint == f'did you mean "{hint}"?'


@given(st.text())
def test_any_text_is_a_check_or_an_error_that_says_so(text: str) -> None:
    try:
        check = parse_check(text)
    except DataError as error:
        assert error.hint or error.expected  # noqa: PT017
    else:
        assert check.name in FAMILY_OF


@given(st.sampled_from(sorted(KEPT_AND_BROKEN)), st.text())
def test_every_check_decides_every_answer(text: str, answer: str) -> None:
    assert parse_check(text).holds(answer) in (True, False)


@given(st.sampled_from(["words", "sentences", "paragraphs", "characters"]), st.integers(1, MOST), st.text())
def test_exactly_is_at_most_and_at_least(unit: str, number: int, answer: str) -> None:
    most, least, exactly = (
        parse_check(f"{unit}_{bound} {number}").holds(answer) for bound in ("at_most", "at_least", "exactly")
    )
    assert exactly == (most and least)


@given(st.lists(TEXTS, min_size=1, unique=True))
def test_an_object_with_the_wanted_keys_keeps_json_keys_however_they_are_called(keys: list[str]) -> None:
    import json

    check = parse_check(f"json_keys {', '.join(keys)}")
    assert check.holds(json.dumps(dict.fromkeys(keys, 0)))
    assert not check.holds(json.dumps(dict.fromkeys(keys[1:], 0)))


@given(st.integers(1, 30))
def test_a_list_of_n_keeps_the_check_for_n_alone(number: int) -> None:
    bullets = "\n".join(f"- item {place}" for place in range(number))
    numbers = "\n".join(f"{place}. item" for place in range(1, number + 1))
    for wanted in range(1, 32):
        assert parse_check(f"bullet_list {wanted}").holds(bullets) == (wanted == number)
        assert parse_check(f"numbered_list {wanted}").holds(numbers) == (wanted == number)
