"""Builder of ICD-10-CM diagnoses: the most specific entries of its tabular list, labelled with their chapter."""

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
    """36,343 diagnoses, or a sample of `options["items"]` of them.

    The id is the code (`A01.03`), the cluster the three-character category (`A01`), the label the number of the chapter
    (`1` to `22`). Only the most specific entries are used, because coders must choose one of those. The 10,538 entries
    above them are headings whose words the specific entries repeat ("Typhoid fever", "Typhoid fever, unspecified"):
    they would add nearly equal texts, not diagnoses. The seventh character of many codes of injuries, which is needed
    for billing, names the encounter and not the diagnosis; the list has no entries for it.

    - `missing_code`: a code of no entry at any level. It has the ending of the real code under another category of the
      block; if all such codes exist, of the chapter; otherwise under a category that does not exist.
    - `wrong_answers`: descriptions of the nearest diagnoses under the same entry, then in the category, in the block of
      categories, in the chapter.
    - Retrieval: the synonyms should find the description, and not the wrong answers. Synonyms are the inclusion terms
      of the entry itself; the terms of the entries above also hold for its siblings.

    None of these three depends on the sample.

    Raises:
        DataError: the list is missing or is not XML of this layout, or an option is invalid.
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
    """A pseudo-random sample of `size` items from as many categories as possible, the same each time, in list order.

    A category gives its second item only after every category has given its first, and so on. So fractures, with an
    entry for each bone and side, do not dominate: a sample of 6,000 has at most four items of a category, of which the
    largest has 307. A larger sample contains every smaller one.
    """
    # with a prefix, because the views sort by the key of the id alone, and both orders must be independent
    drawn = sorted(items, key=lambda item: shuffle_key(0, f"sample of icd10: {item.id}"))
    taken: Counter[str] = Counter()
    ranked: list[tuple[int, int, str]] = []
    for place, item in enumerate(drawn):
        ranked.append((taken[item.cluster], place, item.id))
        taken[item.cluster] += 1
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
    """The item with all its fields. `texts`: descriptions of its neighbours, nearest first."""
    wrong = first_distinct(texts, apart_from=[item.text, *synonyms])
    item = replace(item, code=item.id, missing_code=missing_code, wrong_answers=wrong)
    return replace(item, anchors=synonyms, positive=item.text, negatives=wrong) if synonyms else item


def _notes(items: Sequence[Item], *, left: int) -> Iterator[Note]:
    yield Note("diagnoses outside the sample were left out", left)
    yield Note("diagnoses have synonyms, which make retrieval pairs", sum(bool(item.anchors) for item in items))
    yield Note("synonyms are used", sum(len(item.anchors) for item in items))
    yield Note("diagnoses have no missing code", sum(item.missing_code is None for item in items))


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
        # last, categories that do not exist: the only candidates for a category without subdivisions
        yield from under_other_heads(code, numbered(code[0]))

    return missing_codes(list(by_code), listed=listed.codes, candidates=candidates)


def _category(code: str) -> str:
    return code.partition(".")[0]
