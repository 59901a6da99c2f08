"""Builder of merchant category codes (ISO 18245): how card networks word a code, labelled with the code's range."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.domains.builders._csv_lists import read_csv
from harness.domains.builders._missing_codes import missing_codes, under_other_heads
from harness.domains.builders._neighbours import first_distinct, nearest, places_by
from harness.errors import DataError
from harness.items.item import Built, Item, Note, shuffle_key

FOLDER = "iso18245/data"
NETWORKS = {
    "iso": "iso18245_official_list.csv",
    "visa": "visa_list.csv",
    "mastercard": "mastercard_list.csv",
    "amex": "amex_list.csv",
    "stripe": "stripe_list.csv",
    "usda": "usda_list.csv",
}
"""Network -> its list. The first network that has a code gives the code's main wording. The package also has Alipay's
list, which repeats the words of ISO."""
RANGES = ("iso18245_ranges.csv", "private_ranges.csv")
"""Lists of ranges of codes. The later one divides a range that ISO reserves for private use."""
LEFT_OUT = ("Reserved", "Other", "Car rental")
"""Ranges beginning with these words are not used: reserved ones, the remainder without a common meaning, and car
rentals, all of which say so in their names."""
SPELLED_OUT = {
    "Airlines": re.compile(r"air|aero|avia|\bjet|\bfly|wings", re.IGNORECASE),
    "Lodging": re.compile(r"ho(s)?tel|hoteis|\binns?\b|resort|lodg|suites?\b|casino|rooms?\b", re.IGNORECASE),
}
"""Range of company names -> words that give it away. Networks have given one code to several companies, so names of one
code are no paraphrases."""
COMPANIES = 40
"""Most codes of a range of company names. The lists have hundreds, which would outnumber the trades."""
NO_LONGER = "no longer"
"""Words in a wording that its network has withdrawn."""
_CAPITALS = re.compile(r"[A-Z][A-Z']*")


@dataclass(frozen=True)
class _Wording:
    code: str
    network: str
    text: str
    label: str


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """Some thousand wordings of about four hundred codes: the label is the code's range, the cluster the code.

    One item per wording of a code; networks that write the same words give one item. The id is the code with the
    network (`0742-visa`). Codes of single companies are names of airlines and hotels. Names that say so themselves are
    left out. Names in capitals get initial capitals, because nothing else is written in capitals.

    - `code`: only the main wording of a code has it, so that a code has one description.
    - `missing_code`: a code that no list has, with the same last two digits under the first two of another code of the
      range, otherwise of any code.
    - `wrong_answers`: main wordings of the nearest codes of the range.
    - Retrieval: each wording of a trade should find the main wording of its code, and not those of the nearest codes.

    Raises:
        DataError: a list is missing or has another layout, a code lies in no range, or options were given.
    """
    if options:
        what = f"the builder merchant_codes has no options, but the domain sets {sorted(options)}"
        raise DataError(what, hint="remove `options` from the domain")
    folder = source / FOLDER
    wordings = list(_wordings(folder))
    used = [one for one in wordings if not one.label.startswith(LEFT_OUT) and NO_LONGER not in one.text.casefold()]
    telling = [one for one in used if not _spelled_out(one)]
    kept = _few_companies(telling)
    items = _items(kept, listed={one.code for one in wordings})
    notes = [
        Note(
            "wordings of reserved codes, of the remainder, and of car rentals were left out", len(wordings) - len(used)
        ),
        Note("names of companies say what they are, and were left out", len(used) - len(telling)),
        Note("names of companies beyond the largest number of codes were left out", len(telling) - len(kept)),
        Note("wordings differ from the main wording of their code and make retrieval pairs", _pairs(items)),
    ]
    return Built(items, tuple(notes))


def _wordings(folder: Path) -> Iterator[_Wording]:
    """All different wordings, ordered by code and network."""
    ranges = list(_ranges(folder))
    texts: dict[str, dict[str, tuple[str, str]]] = {}
    for network, file in NETWORKS.items():
        for code, text in read_csv(folder / file, header=("MCC", "DESCRIPTION")):
            clean = _clean(text)
            if not (len(code) == 4 and code.isascii() and code.isdecimal()) or not clean:
                what = f"{file} has the code {code!r} with the text {text!r}"
                raise DataError(what, where=str(folder / file), expected="four digits and a text")
            texts.setdefault(code, {}).setdefault(clean.casefold(), (network, clean))
    for code in sorted(texts):
        label = next((name for first, last, name in ranges if first <= code <= last), None)
        if label is None:
            raise DataError(f"the code {code} lies in no range", where=str(folder), expected=" or ".join(RANGES))
        for network, text in texts[code].values():
            yield _Wording(code, network, text, label)


def _ranges(folder: Path) -> Iterator[tuple[str, str, str]]:
    """First code, last code, name; narrower ranges first."""
    for file in reversed(RANGES):
        for first, last, name in read_csv(folder / file, header=("MCC START", "MCC END", "DESCRIPTION")):
            yield first, last, name.strip()


def _clean(text: str) -> str:
    """One line with plain hyphens, without blanks inside brackets; all capitals become initial capitals."""
    line = " ".join(text.split()).replace("--", "-").replace("( ", "(").replace(" )", ")").rstrip(" .,")
    return _CAPITALS.sub(lambda word: word.group().capitalize(), line) if line.isupper() else line


def _spelled_out(one: _Wording) -> bool:
    pattern = SPELLED_OUT.get(one.label)
    return bool(pattern and pattern.search(one.text))


def _few_companies(wordings: Sequence[_Wording]) -> list[_Wording]:
    """The wordings without the codes of companies beyond `COMPANIES` of a range, which are drawn pseudo-randomly."""
    chosen: set[str] = set()
    for label in SPELLED_OUT:
        codes = {one.code for one in wordings if one.label == label}
        drawn = sorted(codes, key=lambda code: shuffle_key(0, f"sample of merchant_codes: {code}"))
        chosen.update(drawn[:COMPANIES])
    return [one for one in wordings if one.label not in SPELLED_OUT or one.code in chosen]


def _items(wordings: Sequence[_Wording], *, listed: set[str]) -> list[Item]:
    main: dict[str, _Wording] = {}
    for one in wordings:
        main.setdefault(one.code, one)
    codes = list(main)
    missing = _missing(main, listed)
    group = places_by(main[code].label for code in codes)
    wrong = {
        code: first_distinct(
            (main[codes[other]].text for other in nearest(place, [group[main[code].label]])),
            apart_from=[main[code].text],
        )
        for place, code in enumerate(codes)
    }
    return list(_numbered(wordings, main, missing, wrong))


def _numbered(
    wordings: Sequence[_Wording],
    main: Mapping[str, _Wording],
    missing: Mapping[str, str],
    wrong: Mapping[str, tuple[str, ...]],
) -> Iterator[Item]:
    """The items. The second wording of a network for a code has the id `0780-usda-2`."""
    seen: dict[str, int] = {}
    for one in wordings:
        name = f"{one.code}-{one.network}"
        seen[name] = seen.get(name, 0) + 1
        is_main = one is main[one.code]
        paired = not is_main and one.label not in SPELLED_OUT
        yield Item(
            id=name if seen[name] == 1 else f"{name}-{seen[name]}",
            text=one.text,
            label=one.label,
            cluster=one.code,
            code=one.code if is_main else None,
            missing_code=missing.get(one.code) if is_main else None,
            wrong_answers=wrong[one.code] if is_main else (),
            anchors=(one.text,) if paired else (),
            positive=main[one.code].text if paired else None,
            negatives=wrong[one.code] if paired else (),
        )


def _missing(main: Mapping[str, _Wording], listed: set[str]) -> dict[str, str]:
    heads: dict[str, list[str]] = {}
    for code, one in main.items():
        own = heads.setdefault(one.label, [])
        if code[:2] not in own:
            own.append(code[:2])
    everywhere = sorted({head for own in heads.values() for head in own})

    def candidates(code: str) -> Iterator[str]:
        yield from under_other_heads(code, heads[main[code].label])
        yield from under_other_heads(code, everywhere)

    return missing_codes(list(main), listed=listed, candidates=candidates)


def _pairs(items: Sequence[Item]) -> int:
    return sum(item.positive is not None for item in items)
