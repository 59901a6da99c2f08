"""Add noise that leaves a text readable, for robustness tests and for augmented training texts."""

from __future__ import annotations

import random
import re

from harness.errors import ConfigError

EMOJI = ("🙂", "😀", "🙏", "👍", "🤔", "❗", "✨", "🔥", "📦", "💬", "✅", "👀")
"""The emoji that `with_emoji` adds; each is one code point."""

ABBREVIATIONS = {
    "not elsewhere specified": "n.e.s.",
    "not elsewhere classified": "n.e.c.",
    "not otherwise specified": "n.o.s.",
    "for example": "e.g.",
    "that is": "i.e.",
    "and so on": "etc.",
    "with respect to": "w.r.t.",
    "with regard to": "re.",
    "other than": "o/t",
    "as soon as possible": "asap",
    "without": "w/o",
    "within": "w/in",
    "with": "w/",
    "and": "&",
    "at": "@",
    "number": "no.",
    "numbers": "nos.",
    "including": "incl.",
    "excluding": "excl.",
    "approximately": "approx.",
    "because": "bc",
    "between": "betw.",
    "maximum": "max.",
    "minimum": "min.",
    "quantity": "qty",
    "package": "pkg",
    "packages": "pkgs",
    "weight": "wt",
    "temperature": "temp.",
    "government": "govt",
    "department": "dept",
    "international": "intl",
    "manufacture": "mfr",
    "manufactured": "mfd",
    "manufacturing": "mfg",
    "information": "info",
    "equipment": "equip.",
    "electrical": "elec.",
    "preparation": "prep.",
    "preparations": "preps",
    "especially": "esp.",
    "specified": "spec.",
    "unspecified": "unspec.",
    "against": "vs",
    "versus": "vs",
    "history": "hx",
    "diagnosis": "dx",
    "treatment": "tx",
    "patient": "pt",
    "left": "lt",
    "right": "rt",
    "bilateral": "bilat.",
    "please": "pls",
    "people": "ppl",
    "you": "u",
    "are": "r",
    "your": "ur",
}
"""Phrase in lower case -> its common abbreviation in forms and messages."""

LONG_WORD = 8
"""A word with at least this many letters and no abbreviation loses its inner vowels."""

_PHRASE = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(ABBREVIATIONS, key=len, reverse=True))) + r")\b", re.I)
_LONG = re.compile(rf"\b[a-z]{{{LONG_WORD},}}\b", re.I)
_LETTERS = re.compile(r"[^\W\d_]+")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _keyboard() -> dict[str, str]:
    """Letter -> its neighbours on a QWERTY keyboard: left, right, and the two nearest in the rows above and below."""
    near: dict[str, set[str]] = {key: set() for row in _ROWS for key in row}
    for row, keys in enumerate(_ROWS):
        for place, key in enumerate(keys):
            # each row is shifted half a key to the right of the row above
            below = _ROWS[row + 1][max(place - 1, 0) : place + 1] if row + 1 < len(_ROWS) else ""
            for other in keys[place + 1 : place + 2] + below:
                near[key].add(other)
                near[other].add(key)
    return {key: "".join(sorted(others)) for key, others in near.items()}


_NEIGHBOURS = _keyboard()


def typos(text: str, *, rng: random.Random, rate: float = 0.05) -> str:
    """`text` with typing mistakes in a share `rate` of its letters; at least one mistake if it has a letter.

    A mistake is a neighbouring key (QWERTY; letters without a key are doubled), two swapped letters, a dropped or a
    doubled letter. First and last letters of words stay right, because people notice mistakes there, unless all words
    have only one or two letters.

    Raises:
        ConfigError: `rate` is not in (0, 1].
    """
    if not 0 < rate <= 1:
        raise ConfigError(f"the share of letters with a typo is {rate}", expected="above 0, at most 1")
    words = [range(match.start(), match.end()) for match in _LETTERS.finditer(text)]
    places = [place for word in words for place in word[1:-1]] or [place for word in words for place in word]
    if not places:
        return text
    count = min(len(places), max(1, round(rate * sum(map(len, words)))))
    pieces, free = list(text), set(places)
    hit = sorted(rng.sample(places, count))
    for place in hit:
        _mistype(pieces, place, rng, swap=place + 1 in free)
    changed = "".join(pieces)
    if changed == text:  # in "aaaa" a dropped and a doubled letter undo each other
        changed = text[: hit[0]] + text[hit[0]] + text[hit[0] :]
    return changed


def upper_case(text: str) -> str:
    """`text` in capital letters; unchanged in scripts without capitals."""
    return text.upper()


def with_emoji(text: str, *, rng: random.Random) -> str:
    """`text` with one to three emoji, each with a space before it and after a word; `without_emoji` restores `text`."""
    places = [match.end() for match in re.finditer(r"\S+", text)] or [len(text)]
    fresh = [emoji for emoji in EMOJI if emoji not in text] or list(EMOJI)
    for place in sorted(rng.sample(places, min(len(places), rng.randint(1, 3))), reverse=True):
        text = f"{text[:place]} {rng.choice(fresh)}{text[place:]}"
    return text


def without_emoji(text: str) -> str:
    """Undo `with_emoji`; the original text must not contain any of `EMOJI`."""
    return re.sub(" (?:" + "|".join(EMOJI) + ")", "", text)


def abbreviated(text: str) -> str:
    """`text` with English abbreviations; without randomness.

    Phrases in `ABBREVIATIONS` are replaced. Other words of at least `LONG_WORD` ASCII letters keep their first and last
    letter and lose the vowels between them (`ventilation` -> `vntltn`). Other texts stay as they are.
    """
    parts, end = [], 0
    for match in _PHRASE.finditer(text):
        parts += [_LONG.sub(_without_vowels, text[end : match.start()]), _short(match)]
        end = match.end()
    return "".join([*parts, _LONG.sub(_without_vowels, text[end:])])


def random_swap(text: str, *, rng: random.Random, count: int = 1) -> str:
    """Exchange two words, `count` times: random swap of EDA (Wei and Zou 2019, arXiv 1901.11196).

    The spacing stays in place; a text of one word stays as it is.

    Raises:
        ConfigError: `count` is below 1.
    """
    if count < 1:
        raise ConfigError(f"the number of swaps is {count}", expected="1 or more")
    pieces = re.split(r"(\s+)", text)
    words = [place for place, piece in enumerate(pieces) if piece and not piece.isspace()]
    if len(words) < 2:
        return text
    for _ in range(count):
        a, b = rng.sample(words, 2)
        pieces[a], pieces[b] = pieces[b], pieces[a]
    return "".join(pieces)


def random_deletion(text: str, *, rng: random.Random, rate: float = 0.1) -> str:
    """Remove each word with probability `rate`, but keep at least one: random deletion of EDA (arXiv 1901.11196).

    Raises:
        ConfigError: `rate` is not in (0, 1).
    """
    if not 0 < rate < 1:
        raise ConfigError(f"the share of words to remove is {rate}", expected="above 0, below 1")
    words = re.findall(r"\S+\s*", text)
    kept = [word for word in words if rng.random() >= rate]
    if not kept and words:
        kept = [rng.choice(words)]
    return "".join(kept).rstrip() if len(kept) < len(words) else text


def _mistype(pieces: list[str], place: int, rng: random.Random, *, swap: bool) -> None:
    """Make one mistake at `place` in `pieces`, the characters of the text.

    An earlier mistake may have emptied or doubled this character. `swap`: it may be swapped with the next one.
    """
    letter = pieces[place]
    kind = rng.choice(("neighbour", "swap", "drop", "double"))
    follows = pieces[place + 1] if swap else ""
    if kind == "neighbour" and letter.lower() in _NEIGHBOURS:
        wrong = rng.choice(_NEIGHBOURS[letter.lower()])
        pieces[place] = wrong.upper() if letter.isupper() else wrong
    elif kind == "swap" and follows.isalpha() and follows != letter:
        pieces[place], pieces[place + 1] = follows, letter
    elif kind == "drop":
        pieces[place] = ""
    else:
        pieces[place] = letter * 2


def _short(match: re.Match[str]) -> str:
    phrase = match[0]
    short = ABBREVIATIONS[phrase.lower()]
    if phrase.isupper():
        return short.upper()
    return short[0].upper() + short[1:] if phrase[0].isupper() else short


def _without_vowels(match: re.Match[str]) -> str:
    word = match[0]
    return word[0] + re.sub("[aeiou]", "", word[1:-1], flags=re.I) + word[-1]
