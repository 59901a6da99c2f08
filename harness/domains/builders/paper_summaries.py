"""Builder of summaries of papers in computational linguistics (ACLSum): challenge, approach and outcome of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.domains.builders._neighbours import MOST, first_distinct
from harness.domains.builders._word_overlap import TfIdf
from harness.errors import DataError
from harness.items.item import Built, Item, Note, Split

FILES: dict[Split, str] = {
    "train": "aclsum/dataset/train.jsonl",
    "validation": "aclsum/dataset/val.jsonl",
    "test": "aclsum/dataset/test.jsonl",
}
QUESTIONS = {
    "challenge": "Which problem does the paper address?",
    "approach": "How do the authors approach it?",
    "outcome": "What do they achieve or find?",
}
"""Aspect -> its question."""
NEIGHBOURS = 10
"""Wrong answers from other papers: enough that some of them belong to papers of the same split."""
_BEFORE = re.compile(r"\s+(?=[,.;:!?%)\]}]|n't\b|'(?:s|re|ve|ll|d|m)\b)")
_AFTER = re.compile(r"(?<=[(\[{])\s+")
_QUOTED = re.compile(r"(``|\"|“)\s+([^\"“”]*?)\s+(''|\"|”)")


@dataclass(frozen=True)
class _Paper:
    id: str
    title: str
    abstract: str
    summaries: Mapping[str, str]
    split: Split


def build(source: Path, options: Mapping[str, Any]) -> Built:
    """750 summaries: 250 papers with three aspects each. The id is `P06-1112-outcome`, the cluster the paper.

    The text is the title, the abstract and the question about one aspect, which stands last, so that a prompt that is
    cut on the left keeps it. The answer is an expert's summary of one sentence. The splits are those of the source.
    Abstracts come as lists of tokens; blanks before punctuation are removed.

    - `wrong_answers`: the other two summaries of the paper, which are true of the paper and answer another question,
      then summaries of the same aspect of the papers with the most similar abstracts.
    - Retrieval: a summary should find the title of its paper, and not those of the papers with the most similar
      abstracts.

    Raises:
        DataError: a file is missing or has another layout, a paper occurs twice, or options were given.
    """
    if options:
        what = f"the builder paper_summaries has no options, but the domain sets {sorted(options)}"
        raise DataError(what, hint="remove `options` from the domain")
    papers = [paper for split, file in FILES.items() for paper in _papers(source / file, split)]
    seen: set[str] = set()
    for paper in papers:
        if paper.id in seen:
            raise DataError(f'the paper "{paper.id}" occurs twice', where=str(source), expected="unique ids")
        seen.add(paper.id)
    items = list(_items(papers))
    extracts = sum(item.answer in item.text for item in items if item.answer)
    return Built(items, (Note("summaries are a part of their abstract, word for word", extracts),))


def joined(sentences: Sequence[str]) -> str:
    """The sentences as one text, with punctuation set as usual: `( QA ) .` becomes `(QA).`."""
    text = " ".join(" ".join(sentences).split())
    return _QUOTED.sub(r'"\2"', _AFTER.sub("", _BEFORE.sub("", text)))


def _items(papers: Sequence[_Paper]) -> Iterator[Item]:
    likeness = TfIdf([f"{paper.title} {paper.abstract}" for paper in papers])
    for place, paper in enumerate(papers):
        alike = likeness.to(place)
        near = sorted((other for other in range(len(papers)) if other != place), key=lambda other: -alike[other])
        titles = first_distinct((papers[other].title for other in near), apart_from=[paper.title], most=MOST)
        for aspect, question in QUESTIONS.items():
            answer = paper.summaries[aspect]
            own = [paper.summaries[other] for other in QUESTIONS if other != aspect]
            others = (papers[other].summaries[aspect] for other in near)
            yield Item(
                id=f"{paper.id}-{aspect}",
                text=f"Title: {paper.title}\nAbstract: {paper.abstract}\n{question}",
                cluster=paper.id,
                answer=answer,
                wrong_answers=first_distinct([*own, *others], apart_from=[answer], most=len(own) + NEIGHBOURS),
                anchors=(answer,),
                positive=paper.title,
                negatives=titles,
                given_split=paper.split,
            )


def _papers(path: Path, split: Split) -> Iterator[_Paper]:
    try:
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except FileNotFoundError:
        raise DataError("the summaries are missing", where=str(path), hint="run `harness fetch`") from None
    except ValueError as error:  # not UTF-8 or not JSON
        raise DataError(f"the file is not JSON lines: {error}", where=str(path), hint="run `harness fetch`") from None
    for number, record in enumerate(records, 1):
        yield _paper(record, f"record {number}", split, where=str(path))


def _paper(record: object, name: str, split: Split, *, where: str) -> _Paper:
    expected = "the layout of aclsum 0.1.2"
    if not isinstance(record, dict):
        raise DataError(f"{name} is {record!r:.40}", where=where, expected=expected)
    try:
        summaries = {aspect: " ".join(record["summary"][aspect].split()) for aspect in QUESTIONS}
        texts = record["id"], " ".join(record["title"].split()), joined(record["sentences"]["abstract"])
    except (AttributeError, KeyError, TypeError) as error:
        raise DataError(f"{name} has another layout: {error}", where=where, expected=expected) from None
    if not all([*texts, *summaries.values()]):
        raise DataError(f"{name} has an empty text", where=where, expected=expected)
    return _Paper(*texts, summaries, split)
