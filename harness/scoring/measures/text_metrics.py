"""How similar a written answer is to the right ones: each metric from 0 to 1, the best value over all right answers.

Texts are first normalised (Unicode NFC), so that two ways to type an `å` are equal. Words are separated by white space:
for languages written without it, read chrF.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from harness.scoring.metric_spec import MetricSpec

CAUTION = (
    "Free text is compared with the right answer as text: a correct answer in other words scores low. Use such scores "
    "to compare recipes, not as shares of correct answers."
)
TEXT_METRICS = {
    "token_f1": MetricSpec(
        explanation="Overlap of words with the right answer: harmonic mean of precision and recall, as in SQuAD.",
        averaged_over="items",
        caution=CAUTION,
    ),
    "exact_match": MetricSpec(
        explanation="Share of answers equal to the right answer, apart from case and punctuation.",
        averaged_over="items",
        caution=CAUTION,
    ),
    "rouge_l": MetricSpec(
        explanation="Longest common subsequence of words with the right answer (ROUGE-L, F-measure).",
        averaged_over="items",
        caution=CAUTION,
    ),
    "chrf": MetricSpec(
        explanation="Overlap of character n-grams with the right answer (chrF2), as the mean over answers.",
        averaged_over="items",
        caution=CAUTION,
    ),
    "chrf_corpus": MetricSpec(
        explanation="Overlap of character n-grams with the right answers (chrF2), counted over all answers together as "
        "papers report it.",
        caution=CAUTION,
    ),
}
"""The metrics of this module."""

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WORD = re.compile(r"[^\W_]+")


class ItemMetric(Protocol):
    """How similar an answer is to the most similar of the right ones."""

    def __call__(self, answer: str, references: Sequence[str], *, english: bool) -> float:
        """From 0 to 1. `english`: whether answers are in English; `references`: one right answer or more."""


def normalized(text: str, *, english: bool) -> str:
    """Lower case, without ASCII punctuation, English articles and extra white space: SQuAD's `normalize_answer`.

    There are two differences. Articles are removed in English only: Swedish `an` and French `a` are other words. A step
    that would remove everything is skipped, so that the answer "A" differs from an empty answer.
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
    """Harmonic mean of precision and recall of words in any order (SQuAD, as `exact_match`); 0 for an empty answer."""
    found = Counter(normalized(answer, english=english).split())
    return max(_f1(found, Counter(normalized(reference, english=english).split())) for reference in references)


def rouge_l(answer: str, references: Sequence[str], *, english: bool) -> float:
    """F-measure of the longest common subsequence of words (Lin 2004, by rouge_score); English words are stemmed."""
    answer, *others = map(_nfc, (answer, *references))
    scorer = _rouge(english)
    return min(1.0, max(float(scorer.score(reference, answer)["rougeL"].fmeasure) for reference in others))


def chrf(answer: str, references: Sequence[str], *, english: bool) -> float:
    """Character n-gram F-score of one item (chrF2, Popović 2015): sacrebleu's score divided by 100, for any language.

    Papers report `chrf_corpus`, which counts n-grams over all items; the mean of this score is another figure.
    """
    answer, *others = map(_nfc, (answer, *references))
    return min(1.0, float(_chrf().sentence_score(answer, others).score) / 100)


def chrf_corpus(answers: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """chrF2 with n-grams counted over all items: sacrebleu's corpus score divided by 100."""
    most = max(map(len, references))
    padded = [[*map(_nfc, those), *[None] * (most - len(those))] for those in references]
    columns: Any = [list(column) for column in zip(*padded, strict=True)]
    return min(1.0, float(_chrf().corpus_score(list(map(_nfc, answers)), columns).score) / 100)


ITEM_METRICS: dict[str, ItemMetric] = {
    "token_f1": token_f1,
    "exact_match": exact_match,
    "rouge_l": rouge_l,
    "chrf": chrf,
}
"""The metrics whose value is the mean over items."""


class Words:
    """A tokenizer for rouge_score that keeps letters and digits of every script; rouge_score's own keeps `a-z0-9`."""

    def __init__(self, own: Any = None) -> None:
        self.own = own
        """rouge_score's own tokenizer with its stemmer, used for ASCII words; null: words are not stemmed."""

    def tokenize(self, text: str) -> list[str]:
        """Words in lower case; ASCII words are stemmed if there is a stemmer."""
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
