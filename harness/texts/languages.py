"""Recognise the languages of texts and their writing direction."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

JUDGED_FROM = 20
"""Fewest characters; the language of a shorter text would be a guess."""
SHARE_FROM = 0.05
"""Languages with a smaller share are counted together, because most of them are recognition errors."""
JUDGED_CHARACTERS = 1000
"""Number of characters, from the start of a text, that recognition reads; more do not change its result."""


@dataclass(frozen=True)
class Language:
    """One language, with its share of the texts."""

    code: str
    """ISO 639-1, as py3langid gives it."""
    share: float
    """Share of the judged texts, 0 to 1."""
    confidence: float
    """Mean probability of the language, by py3langid, over the texts recognised as this language."""


@dataclass(frozen=True)
class LanguageMix:
    """The languages of many texts."""

    judged: int
    """Number of texts that are long enough to be judged."""
    languages: tuple[Language, ...]
    """Languages with a share of at least 5 %, largest first."""
    other_share: float
    """Share of all other languages together."""
    right_to_left: float
    """Share of the texts (including short ones) whose letters mostly run from right to left."""


def language_mix(texts: Sequence[str]) -> LanguageMix:
    """Recognise the languages of the texts.

    Source: naive Bayes over byte n-grams of 97 languages (Lui & Baldwin 2012, langid.py; the fork py3langid).
    """
    long_enough = [text[:JUDGED_CHARACTERS] for text in texts if len(text.strip()) >= JUDGED_FROM]
    confidences: dict[str, list[float]] = defaultdict(list)
    if long_enough:
        identifier = _identifier()
        for text in long_enough:
            code, confidence = identifier.classify(text)
            confidences[code].append(confidence)
    languages = [
        Language(code, len(sure) / len(long_enough), sum(sure) / len(sure)) for code, sure in confidences.items()
    ]
    shown = sorted((one for one in languages if one.share >= SHARE_FROM), key=lambda one: (-one.share, one.code))
    other = 1 - sum(one.share for one in shown) if languages else 0.0
    backwards = sum(runs_right_to_left(text) for text in texts)
    return LanguageMix(len(long_enough), tuple(shown), max(other, 0.0), backwards / len(texts) if texts else 0.0)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def runs_right_to_left(text: str) -> bool:
    """Whether most letters belong to a script such as Arabic or Hebrew (Unicode bidirectional class R or AL)."""
    if text.isascii():
        return False
    classes = [unicodedata.bidirectional(character) for character in text[:JUDGED_CHARACTERS]]
    backwards = sum(one in ("R", "AL") for one in classes)
    return backwards > classes.count("L")
