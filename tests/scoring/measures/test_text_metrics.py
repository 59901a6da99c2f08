from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import CHRF

from harness.scoring.measures.text_metrics import (
    ITEM_METRICS,
    chrf,
    chrf_corpus,
    exact_match,
    normalized,
    rouge_l,
    token_f1,
)

texts = st.text(max_size=40)
words = st.lists(st.sampled_from(["permit", "the", "building", "buildings", "not", "a", "wall."]), max_size=8).map(
    " ".join
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Building,\nPermit!", "building permit"),
        ("a cat and an owl", "cat and owl"),
        ("theory", "theory"),
        ("U.S.", "us"),
        ("", ""),
    ],
)
def test_texts_are_normalized_as_by_the_script_of_squad(text: str, expected: str) -> None:
    assert normalized(text, english=True) == expected


def test_articles_stay_where_the_language_is_not_english() -> None:
    assert normalized("Il a dit", english=False) == "il a dit"


@pytest.mark.parametrize("text", ["A", "the", "?", "+/-"])
def test_an_answer_of_nothing_but_articles_or_marks_is_not_the_same_as_none(text: str) -> None:
    assert exact_match("", [text], english=True) == 0
    assert exact_match(text, [text], english=True) == 1
    assert token_f1(text, [text], english=True) == 1


def test_f1_of_words_by_hand() -> None:
    # permit, is, needed against building, permit, needed: 2 common, precision 2/3, recall 2/3
    assert token_f1("A permit is needed.", ["building permit needed"], english=True) == pytest.approx(2 / 3)
    # said twice, counted as often as it is wanted: 1 common of 2 against 1 of 1
    assert token_f1("yes yes", ["yes"], english=True) == pytest.approx(2 / 3)
    assert token_f1("no", ["yes"], english=True) == 0


def test_the_nearest_right_answer_counts() -> None:
    right = ["within ten weeks", "ten weeks", "unknown"]
    assert exact_match("Ten weeks!", right, english=True) == 1
    assert token_f1("ten days", right, english=True) == pytest.approx(0.5)
    assert rouge_l("ten days", right, english=True) == pytest.approx(0.5)
    assert chrf("ten weeks", right, english=True) == 1


def test_the_longest_common_subsequence_by_hand() -> None:
    # police killed the gunman / police kill the gunman (Lin 2004): police, the, gunman without stems, all four with
    assert rouge_l("police kill the gunman", ["police killed the gunman"], english=False) == pytest.approx(3 / 4)
    assert rouge_l("police kill the gunman", ["police killed the gunman"], english=True) == 1
    assert rouge_l("the gunman kill police", ["police killed the gunman"], english=False) == pytest.approx(2 / 4)


def test_swedish_letters_are_letters() -> None:
    assert rouge_l("då får ni lov", ["då får ni lov"], english=False) == 1
    assert rouge_l("då", ["dö"], english=False) == 0  # rouge_score's own tokenizer sees `d` in both
    assert token_f1("bygglov för altan", ["bygglov till altan"], english=False) == pytest.approx(2 / 3)


def test_chrf_by_hand() -> None:
    # one character n-gram order is effective: precision 1/1, recall 1/2, beta 2: 5pr / (4p + r) = 2.5 / 4.5
    assert chrf("a", ["ab"], english=True) == pytest.approx(2.5 / 4.5)
    assert chrf("xyz", ["abc"], english=True) == 0


@given(words, words.filter(str.strip))
def test_rouge_is_that_of_the_library_for_plain_english(answer: str, right: str) -> None:
    expected = RougeScorer(["rougeL"], use_stemmer=True).score(right, answer)["rougeL"].fmeasure
    assert rouge_l(answer, [right], english=True) == pytest.approx(expected)
    plain = RougeScorer(["rougeL"], use_stemmer=False).score(right, answer)["rougeL"].fmeasure
    assert rouge_l(answer, [right], english=False) == pytest.approx(plain)


@given(texts, st.lists(texts, min_size=1, max_size=3))
def test_chrf_is_that_of_sacrebleu(answer: str, right: list[str]) -> None:
    answer, right = unicodedata.normalize("NFC", answer), [unicodedata.normalize("NFC", text) for text in right]
    assert chrf(answer, right, english=False) == pytest.approx(CHRF().sentence_score(answer, right).score / 100)


def test_chrf_of_all_items_is_that_of_sacrebleu_with_uneven_numbers_of_references() -> None:
    answers = ["the cat sat", "hej på dig", ""]
    right = [["a cat sat", "the cat was sitting"], ["hej till dig"], ["nothing"]]
    padded = [["a cat sat", "hej till dig", "nothing"], ["the cat was sitting", None, None]]
    expected = CHRF().corpus_score(answers, padded).score / 100
    assert chrf_corpus(answers, right) == pytest.approx(expected)
    mean = sum(chrf(answer, those, english=True) for answer, those in zip(answers, right, strict=True)) / 3
    assert abs(expected - mean) > 0.005  # which is why it has a name of its own


@given(texts, st.lists(texts, min_size=1, max_size=3), st.booleans())
@example("", [""], True)
@example("\udc80 \x00", ["\ufffd"], True)
@example("ha " * 200, ["ha"], False)
def test_every_metric_of_any_text_is_between_0_and_1(answer: str, right: list[str], english: bool) -> None:
    for metric in ITEM_METRICS.values():
        assert 0 <= metric(answer, right, english=english) <= 1
    assert 0 <= chrf_corpus([answer], [right]) <= 1


@given(texts.filter(lambda text: any(map(str.isalnum, text))), st.booleans())
def test_the_right_answer_itself_gets_everything_however_its_letters_are_composed(text: str, english: bool) -> None:
    for form in ("NFC", "NFD"):
        answer = unicodedata.normalize(form, text)
        for name in ("exact_match", "token_f1", "chrf"):
            assert ITEM_METRICS[name](answer, [text], english=english) == pytest.approx(1)
