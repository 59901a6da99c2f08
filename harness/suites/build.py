"""Verb `questions`: build the question sets of the active suites -> data/questions/<set>.parquet, questions.json.

data/sources/<source>, data/suites/*.jsonl, data/items --> harness/suites/sets/<set>.py --> data/questions
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from harness.config.project import Project
from harness.domains.collected import CollectedDomain
from harness.domains.views.contract import Content
from harness.errors import DataError
from harness.items.rows import Question, content_hash, write_rows
from harness.runtime.atomic_output import atomic_folder
from harness.suites.contract import Places, QuestionSet, get_set
from harness.suites.questions_on_disk import FACTS_FILE


def build_questions(project: Project) -> dict[str, int]:
    """Write the question sets of all active suites; set -> number of its questions.

    Raises:
        ConfigError: a suite or its set is unknown.
        DataError: a source is not fetched, or a set has questions that no suite could ask.
    """
    params = project.params
    # neither a further domain nor a sequence may change the questions that all other rows were asked
    learnt = [name for name in params.retention_domains if name in params.domains]
    places = Places(
        project.root / "data/sources",
        project.root / "data/suites",
        contents=partial(_contents, project, params.retention_domains),
        learnt=partial(_contents, project, learnt),
    )
    facts: dict[str, dict[str, str | int]] = {}
    counts: dict[str, int] = {}
    with atomic_folder(project.questions_folder) as folder:
        for name in project.question_sets:
            made = get_set(name)
            require_sources(made, places.sources)
            rows = list(made.build(places))
            check_rows(rows, where=f"harness/suites/sets/{name}.py")
            write_rows(made.row, rows, folder / f"{name}.parquet")
            counts[name] = len(rows)
            facts[name] = {"rows": len(rows), "sha256": content_hash(rows)}
        (folder / FACTS_FILE).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    return counts


def _contents(project: Project, names: Sequence[str]) -> dict[str, Content]:
    found = {}
    for name in names:
        collected = CollectedDomain.open(project.items_folder(name))
        found[name] = Content(collected.items, collected.split, project.domain(name))
    return found


def require_sources(made: QuestionSet, folder: Path) -> None:
    """Check that the sources which the set reads are fetched.

    Raises:
        DataError: it names the source and the command that fetches it.
    """
    for source in made.sources:
        if not (folder / source).is_dir():
            hint = f"run `harness fetch {source}`"
            raise DataError("the source is not fetched", where=str(folder / source), hint=hint)


def check_rows(rows: Sequence[Question], *, where: str) -> None:
    """Refuse questions that no suite could ask.

    Raises:
        DataError: the set is empty; two questions have the same id; a question is not in the test split; its choices
            are equal or do not hold its answer.
    """
    if not rows:
        raise DataError("the set has no questions", where=where)
    twice = [name for name, count in Counter(row.id for row in rows).items() if count > 1]
    if twice:
        raise DataError(f'two questions have the id "{twice[0]}"', where=where, expected="a different id for each")
    for row in rows:
        if row.split != "test":
            raise DataError(f'the question "{row.id}" is in split {row.split}', where=where, expected="test")
        if len(set(row.choices)) < len(row.choices):
            raise DataError(f'the question "{row.id}" has two equal choices: {row.choices}', where=where)
        if row.choices and row.answer not in row.choices:
            raise DataError(
                f'the choices of the question "{row.id}" do not hold its answer "{row.answer}"', where=where
            )
