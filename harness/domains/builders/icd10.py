"""Diagnoses of ICD-10-CM: the leaves of its tabular list with their chapter as the label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.domains.builders._icd10_list import Diagnosis, TabularList, read_list
from harness.domains.builders._icd10_synonyms import Synonyms
from harness.domains.builders._missing_codes import missing_codes, numbered, under_other_heads
from harness.domains.builders._neighbours import first_distinct, nearest, places_by
from harness.errors import DataError, did_you_mean
from harness.items.item import Built, Item, Note, shuffle_key

TABULAR = "simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml"


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """36,343 diagnoses, or a sample of `options["items"]`; id is the code (`A01.03`), cluster the three-character
    category (`A01`), label the number of the chapter (`1` to `22`).

    Only leaves, the most specific entries, because those are what a coder has to choose and what a record holds.
    The 10,538 entries above them are headings whose words the leaves repeat ("Typhoid fever", "Typhoid fever,
    unspecified"): they would add near-duplicates, not diagnoses. The seventh character that many codes of injuries
    need to be billable says which encounter it was, not which diagnosis; the list has no entries for it.

    - `missing_code` is no entry of any level: its ending under another category of the block, or else of the
      chapter, or else under one that does not exist. It does not depend on the sample, nor do the following.
    - `wrong_answers`: descriptions of the nearest leaves under the same entry, then of the category, of the block of
      categories, of the chapter.
    - Its synonyms (the inclusion terms of that very leaf; those of the entries above hold for its siblings, too)
      should find the description, and not those of the same neighbours.

    Raises:
        DataError: the list is missing, is no XML of that layout, or the options are wrong.
    """
    size = _items_option(options)
    listed = read_list(source / TABULAR)
    bare = [Item(id=d.code, text=d.text, label=d.chapter, cluster=_category(d.code)) for d in listed.diagnoses]
    drawn = {item.id for item in (bare if size is None else sample(bare, size))}
    synonyms, missing, groups = Synonyms(listed.diagnoses), _missing(listed), _groups(listed.diagnoses)
    items: list[Item] = []
    for place, (item, diagnosis) in enumerate(zip(bare, listed.diagnoses, strict=True)):
        if item.id in drawn:
            near = nearest(place, (group[place] for group in groups))
            texts = (listed.diagnoses[other].text for other in near)
            items.append(_complete(item, synonyms.of(diagnosis), texts, missing_code=missing.get(item.id)))
    return Built(items, (*_notes(items, left=len(bare) - len(items)), *synonyms.notes()))


def sample(items: Sequence[Item], size: int) -> list[Item]:
    """The same `size` items each time, from as many categories as possible, in their order.

    A category lends its second item after every other has lent its first, and so on. So fractures, with an entry for
    each bone and side, do not crowd out the rest: 6,000 items take at most four of each category, where the largest
    has 307. A smaller sample is part of a larger one.
    """
    # not the ids alone: the views sort by those, and whoever was drawn first here must not come first there, too
    drawn = sorted(items, key=lambda item: shuffle_key(0, f"sample of icd10: {item.id}"))
    lent: Counter[str] = Counter()
    ranked: list[tuple[int, int, str]] = []
    for place, item in enumerate(drawn):
        ranked.append((lent[item.cluster], place, item.id))
        lent[item.cluster] += 1
    chosen = {name for _, _, name in sorted(ranked)[:size]}
    return [item for item in items if item.id in chosen]


def _items_option(options: Mapping[str, Any]) -> int | None:
    for name in options:
        if name != "items":
            raise DataError(f'unknown option "{name}"', where="options", hint=did_you_mean(name, ["items"]))
    size = options.get("items")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
        raise DataError(f'"items" is {size!r}', where="options", expected="a whole number above 0")
    return size


def _complete(item: Item, synonyms: tuple[str, ...], texts: Iterator[str], *, missing_code: str | None) -> Item:
    """`texts` are those of its neighbours, nearest first."""
    wrong = first_distinct(texts, apart_from=[item.text, *synonyms])
    item = replace(item, code=item.id, missing_code=missing_code, wrong_answers=wrong)
    return replace(item, anchors=synonyms, positive=item.text, negatives=wrong) if synonyms else item


def _notes(items: Sequence[Item], *, left: int) -> Iterator[Note]:
    yield Note("diagnoses outside the sample were left out", left)
    yield Note("diagnoses have synonyms, which retrieval pairs are made of", sum(bool(item.anchors) for item in items))
    yield Note("such synonyms were found", sum(len(item.anchors) for item in items))
    yield Note("diagnoses have no missing code near them", sum(item.missing_code is None for item in items))


def _groups(diagnoses: Sequence[Diagnosis]) -> list[list[list[int]]]:
    """Entry above, category, block, chapter; for each the members by place of the diagnosis."""
    # a category that is a leaf has no entry above; its code keeps it alone there
    by = (lambda d: d.parent or d.code, lambda d: _category(d.code), lambda d: d.block, lambda d: d.chapter)
    groups: list[list[list[int]]] = []
    for key in by:
        members = places_by(map(key, diagnoses))
        groups.append([members[key(diagnosis)] for diagnosis in diagnoses])
    return groups


def _missing(listed: TabularList) -> dict[str, str]:
    by_code = {diagnosis.code: diagnosis for diagnosis in listed.diagnoses}
    blocks: dict[str, dict[str, None]] = defaultdict(dict)
    chapters: dict[str, dict[str, None]] = defaultdict(dict)
    for diagnosis in listed.diagnoses:
        blocks[diagnosis.block][_category(diagnosis.code)] = None
        chapters[diagnosis.chapter][_category(diagnosis.code)] = None

    def candidates(code: str) -> Iterator[str]:
        yield from under_other_heads(code, list(blocks[by_code[code].block]))
        yield from under_other_heads(code, list(chapters[by_code[code].chapter]))
        # categories that do not exist either: all there is for one without subdivisions
        yield from under_other_heads(code, numbered(code[0]))

    return missing_codes(list(by_code), listed=listed.codes, candidates=candidates)


def _category(code: str) -> str:
    return code.partition(".")[0]
