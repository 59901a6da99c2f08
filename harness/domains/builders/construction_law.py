"""Builder of questions on Swedish construction law, in English or Swedish, with answers and categories."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.domains.builders._neighbours import MOST, first_distinct, places_by
from harness.domains.builders._word_overlap import TfIdf, overlap
from harness.errors import DataError, did_you_mean
from harness.items.item import Built, Item, Note

FILES = {
    "en": "zaragoza_construction_faq/data/faq-en.json",
    "sv": "zaragoza_construction_faq/data/faq.json",
}
"""Language -> file; ids, categories and cited sources are the same in both."""

SAME_ANSWER = 0.6
"""An answer that shares more of its words with the right answer is not used as wrong; this concerns one pair."""

SAME_QUESTION = 0.85
"""The answer to a question that shares more words with the question is not used as wrong. In English six pairs have the
same words. Above 0.85 are questions that differ in a detail ("a deck without a permit" and "without a permit"), below
it "mould" and "radon"."""

NEIGHBOURS = 12
"""Wrong answers per question: enough that mostly three of them answer other held-out questions, so that no recipe has
learnt them as right answers."""

PUBLISHER = "Zaragoza AB"


@dataclass(frozen=True)
class _Record:
    id: str
    category: str
    question: str
    answer: str
    sources: tuple[str, ...]


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """503 questions in 39 categories of 7 to 30; `options["language"]` is `en` (default) or `sv`.

    The id is the same in both languages (`bygglov-001`). The label is the Swedish name of the category, in the spelling
    of the source. The cluster is the category with all passages that the answer cites, so that questions with the same
    cited passage stay together, in both languages alike. Clusters never cross categories, because some citations name
    only an authority that covers many subjects. A question without citation is a cluster of its own. No category is
    merged or left out: the smallest has seven questions, enough for all three splits.

    - `wrong_answers`: answers to the questions with the most similar words, those of the same category first. They may
      belong to items of any split; the views keep those of held-out items out of training. The first ones are also the
      `negatives`.
    - `foreign_text` and `foreign_answer`: the same question and answer in the other language.

    Raises:
        DataError: a file is missing or has another layout, or an option is invalid.
    """
    language = _language_option(options)
    records = _records(source / FILES[language])
    foreign = {record.id: record for other in FILES if other != language for record in _records(source / FILES[other])}
    wrong = list(_neighbouring_answers(records))
    items = [
        _item(record, wrong=answers, foreign=foreign.get(record.id))
        for record, answers in zip(records, wrong, strict=True)
    ]
    return Built(items, tuple(_notes(items, foreign)))


def _language_option(options: Mapping[str, Any]) -> str:
    for name in options:
        if name != "language":
            raise DataError(f'unknown option "{name}"', where="options", hint=did_you_mean(name, ["language"]))
    language = options.get("language", "en")
    if language not in list(FILES):  # a list, because the value may be unhashable
        raise DataError(f'"language" is {language!r}', where="options", expected=" or ".join(FILES))
    return str(language)


def _records(path: Path) -> list[_Record]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("the questions are missing", where=str(path), hint="run `harness fetch`") from None
    except ValueError as error:  # not UTF-8 or not JSON
        what = f"the file is not the expected JSON: {error}"
        raise DataError(what, where=str(path), hint="run `harness fetch`") from None
    found = content.get("questions") if isinstance(content, dict) else None
    if not isinstance(found, list):
        raise DataError("the file has no list of questions", where=str(path), expected='{"questions": [...]}')
    records = [_record(record, f"question {number}", where=str(path)) for number, record in enumerate(found, 1)]
    seen: set[str] = set()
    for record in records:
        if record.id in seen:  # the other language finds its question by id
            raise DataError(f'the id "{record.id}" occurs twice', where=str(path), expected="unique ids")
        seen.add(record.id)
    return records


def _record(record: object, name: str, *, where: str) -> _Record:
    """`name` is the record's place in the file, for messages about a record without id."""
    if not isinstance(record, dict):
        raise DataError(f"{name} is {record!r:.40}", where=where, expected="a JSON object")
    for key in ("id", "category", "q", "a"):
        if not isinstance(record.get(key), str) or not record[key].strip():
            raise DataError(f'{name} has no "{key}"', where=where, expected="a text that is not empty")
        name = f'question "{record["id"]}"'
    cited = record.get("sources")
    if not isinstance(cited, list) or not all(isinstance(passage, str) for passage in cited):
        raise DataError(f'{name} has no list "sources"', where=where, expected="a list of texts, which may be empty")
    question, answer = (" ".join(record[key].split()) for key in ("q", "a"))
    return _Record(record["id"], record["category"], question, answer, tuple(sorted(cited)))


def _neighbouring_answers(records: Sequence[_Record]) -> Iterator[tuple[str, ...]]:
    """For each question some wrong answers, those of the most similar questions first."""
    likeness = TfIdf([record.question for record in records])
    category = places_by(record.category for record in records)

    def ranked(place: int, others: Sequence[int]) -> list[int]:
        alike = likeness.to(place)
        return sorted(others, key=lambda other: (-alike[other], records[other].id))

    def candidates(place: int, own: _Record) -> Iterator[str]:
        same = category[own.category]
        yield from _usable(own, [records[other] for other in ranked(place, same) if other != place])
        beyond = [other for other in range(len(records)) if records[other].category != own.category]
        yield from _usable(own, [records[other] for other in ranked(place, beyond)])

    for place, record in enumerate(records):
        yield first_distinct(candidates(place, record), apart_from=[record.answer], most=NEIGHBOURS)


def _usable(own: _Record, others: Sequence[_Record]) -> Iterator[str]:
    for other in others:
        alike = overlap(own.question, other.question) > SAME_QUESTION or overlap(own.answer, other.answer) > SAME_ANSWER
        if not alike:
            yield other.answer


def _item(record: _Record, *, wrong: tuple[str, ...], foreign: _Record | None) -> Item:
    return Item(
        id=record.id,
        text=record.question,
        label=record.category,
        cluster=f"{record.category}: {'; '.join(record.sources) or record.id}",
        answer=record.answer,
        wrong_answers=wrong,
        anchors=(record.question,),
        positive=record.answer,
        negatives=wrong[:MOST],
        foreign_text=foreign.question if foreign else None,
        foreign_answer=foreign.answer if foreign else None,
    )


def _notes(items: Sequence[Item], foreign: Mapping[str, _Record]) -> Iterator[Note]:
    known = {item.id for item in items}
    yield Note("questions have no translation in the other language", sum(item.foreign_text is None for item in items))
    yield Note(
        "questions that exist only in the other language were left out", sum(name not in known for name in foreign)
    )
    few = sum(len(item.wrong_answers) < 3 for item in items)
    yield Note("questions have fewer than three wrong answers", few)
    named = sum(PUBLISHER in (item.answer or "") for item in items)
    yield Note(f"answers name {PUBLISHER}, the publisher of the collection, and are kept as they are", named)
