"""How near a written answer is to the right ones: each metric from 0 to 1, the best over all right answers.

All are taken after Unicode normalisation (NFC), so that an `å` is an `å` however it was typed. Words are what blanks
separate: for languages written without blanks chrF is the one to read.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from harness.scoring.detectors.degenerate import UNREADABLE
from harness.scoring.detectors.degenerate import degenerate as is_degenerate

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WORD = re.compile(r"[^\W_]+")


class ItemMetric(Protocol):
    """How near an answer is to the nearest of the right ones."""

    def __call__(self, answer: str, references: Sequence[str], *, english: bool) -> float:
        """From 0 to 1. `english`: whether answers are English; `references` holds at least one."""


def normalized(text: str, *, english: bool) -> str:
    """Lower case, without ASCII punctuation, English articles and further blanks: `normalize_answer` of SQuAD's script.

    Two differences: articles are dropped in English only (Swedish `an` and French `a` are words of their own), and a
    step that would leave nothing is left out, so that the answer "A" is not the same as no answer.
    """
    text = _nfc(text).lower()
    for drop in (_without_punctuation, _without_articles) if english else (_without_punctuation,):
        shorter = drop(text)
        text = shorter if shorter.strip() else text
    return " ".join(text.split())


def exact_match(answer: str, references: Sequence[str], *, english: bool) -> float:
    """1 if the normalized answer is one of the references (SQuAD, Rajpurkar et al. 2016, arXiv 1606.05250)."""
    found = normalized(answer, english=english)
    return float(any(found == normalized(reference, english=english) for reference in references))


def token_f1(answer: str, references: Sequence[str], *, english: bool) -> float:
    """Harmonic mean of precision and recall of words, order aside (SQuAD, as above); nothing written gives 0."""
    found = Counter(normalized(answer, english=english).split())
    return max(_f1(found, Counter(normalized(reference, english=english).split())) for reference in references)


def rouge_l(answer: str, references: Sequence[str], *, english: bool) -> float:
    """F-measure of the longest common subsequence of words (Lin 2004), by rouge_score; words are stemmed in English."""
    answer, *others = map(_nfc, (answer, *references))
    scorer = _rouge(english)
    return min(1.0, max(float(scorer.score(reference, answer)["rougeL"].fmeasure) for reference in others))


def chrf(answer: str, references: Sequence[str], *, english: bool) -> float:
    """Character n-gram F-score (chrF2, Popović 2015) of one item, a hundredth of sacrebleu's; language does not matter.

    The mean of these is not the chrF of a paper, which counts n-grams over all items: that is `chrf_corpus`.
    """
    answer, *others = map(_nfc, (answer, *references))
    return min(1.0, float(_chrf().sentence_score(answer, others).score) / 100)


def chrf_corpus(answers: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """chrF2 with n-grams counted over all items, as sacrebleu reports it, but from 0 to 1."""
    most = max(map(len, references))
    padded = [[*map(_nfc, those), *[None] * (most - len(those))] for those in references]
    columns: Any = [list(column) for column in zip(*padded, strict=True)]
    return min(1.0, float(_chrf().corpus_score(list(map(_nfc, answers)), columns).score) / 100)


def empty(answer: str, references: Sequence[str], *, english: bool) -> float:
    """1 if nothing was written."""
    return float(not answer.strip())


def garbled(answer: str, references: Sequence[str], *, english: bool) -> float:
    """1 if something was written that is no text: bytes that are not UTF-8."""
    return float(UNREADABLE in answer)


def degenerate(answer: str, references: Sequence[str], *, english: bool) -> float:
    """1 if something was written that is endless repetition or mere punctuation."""
    return float(is_degenerate(answer))


ITEM_METRICS: dict[str, ItemMetric] = {
    "token_f1": token_f1,
    "exact_match": exact_match,
    "rouge_l": rouge_l,
    "chrf": chrf,
    "empty": empty,
    "garbled": garbled,
    "degenerate": degenerate,
}
"""Those whose value is the mean over items."""


class Words:
    """A tokenizer for rouge_score that keeps letters and digits of every script; its own keeps `a-z0-9` only."""

    def __init__(self, own: Any = None) -> None:
        self.own = own
        """rouge_score's own with its stemmer, for the words that it can read."""

    def tokenize(self, text: str) -> list[str]:
        """Words in lower case, those in ASCII stemmed if there is a stemmer."""
        words = _WORD.findall(text.lower())
        return [stem for word in words for stem in (self.own.tokenize(word) if self.own and word.isascii() else [word])]


@cache
def _rouge(english: bool) -> Any:
    from rouge_score.rouge_scorer import RougeScorer
    from rouge_score.tokenizers import DefaultTokenizer

    return RougeScorer(["rougeL"], tokenizer=Words(DefaultTokenizer(use_stemmer=True) if english else None))


@cache
def _chrf() -> Any:
    from sacrebleu.metrics import CHRF

    return CHRF()


def _f1(found: Counter[str], wanted: Counter[str]) -> float:
    common = (found & wanted).total()
    if not common:
        return 0.0
    precision, recall = common / found.total(), common / wanted.total()
    return 2 * precision * recall / (precision + recall)


def _without_punctuation(text: str) -> str:
    return text.translate(_PUNCTUATION)


def _without_articles(text: str) -> str:
    return _ARTICLES.sub(" ", text)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
