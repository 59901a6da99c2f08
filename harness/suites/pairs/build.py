"""Verb `preferences`: pairs about scope and safety for a domain -> data/preferences/<domain>/views.json, views/.

data/prepared/<domain>  --> own texts with labels ------.
data/prepared/<others>  --> texts that do not belong ---+--> views/scope.parquet, views/safety.parquet
refusals (question set) --> requests no suite asks -----'

The folder has the layout of a prepared domain, so that training reads it in the same way (`pairs_beside`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

from harness.config.domain import Domain
from harness.config.project import Project
from harness.domains.views.classify import labelled
from harness.items.item import SPLITS
from harness.items.prepared import VIEWS_FILE, PreparedDomain
from harness.items.rows import Preference, Question, content_hash, write_rows
from harness.runtime.atomic_output import atomic_folder
from harness.suites.build import require_sources
from harness.suites.contract import Places, get_set
from harness.suites.pairs.safety import OPENINGS, safety_pairs
from harness.suites.pairs.scope import Text, scope_pairs

SCOPE, SAFETY = "scope", "safety"
REQUESTS = "refusals"
"""The question set that safety pairs are made of."""


def build_preferences(project: Project, name: str) -> dict[str, int]:
    """Write the pairs of a prepared domain; view -> number of its training pairs.

    Foreign texts come from the other `retention_domains` of params.yaml. There are no safety pairs if params.yaml does
    not list the sources of the requests.

    Raises:
        DataError: a domain is not prepared, or a source is not fetched.
    """
    own = PreparedDomain.open(project.prepared_folder(name))
    others = [PreparedDomain.open(project.prepared_folder(other)) for other in foreign_domains(project, name)]
    safety = safety_pairs(_requests(project))
    foreign = {other.name: [_foreign(other.name, row) for row in _questions(other)] for other in others}
    scope = _scope(project.domain(name), _own(own), labels=own.labels, foreign=foreign, safety=safety)
    views = {SCOPE: scope, SAFETY: safety}
    written: dict[str, dict[str, Any]] = {}
    with atomic_folder(project.root / "data/preferences" / name) as folder:
        for view, rows in views.items():
            if rows:
                write_rows(Preference, rows, folder / "views" / f"{view}.parquet")
                per_split = {split: sum(row.split == split for row in rows) for split in SPLITS}
                written[view] = {"rows": per_split, "sha256": content_hash(rows)}
        facts = {"name": name, "labels": own.labels, "main_view": None, "views": written}
        (folder / VIEWS_FILE).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return {view: of_view["rows"]["train"] for view, of_view in written.items()}


def held_out_pairs(places: Places) -> dict[str, dict[str, list[Preference]]]:
    """Domain that recipes run on -> view -> test pairs, for the suites that ask reward models.

    Built from collected items: test items are the same before and after a domain is prepared.
    """
    contents = places.contents()
    safety = safety_pairs(list(get_set(REQUESTS).build(places)))
    foreign = {
        name: [Text(f"{name}-{item.id}", "test", f"{name}-{item.cluster}", item.text) for item in one.of_split("test")]
        for name, one in contents.items()
    }
    found: dict[str, dict[str, list[Preference]]] = {}
    for name, content in places.learnt().items():
        own = [
            Text(item.id, "test", item.cluster, item.text, label=label)
            for item, label in labelled(content)
            if content.split[item.id] == "test"
        ]
        others = {other: texts for other, texts in foreign.items() if other != name}
        scope = _scope(content.domain, own, labels=content.labels, foreign=others, safety=safety)
        found[name] = {
            view: [pair for pair in pairs if pair.split == "test"] for view, pairs in ((SCOPE, scope), (SAFETY, safety))
        }
    return found


def foreign_domains(project: Project, name: str) -> list[str]:
    """The domains whose texts do not belong to the domain `name`."""
    return [other for other in project.params.retention_domains if other != name]


def _requests(project: Project) -> Sequence[Question]:
    """The set of requests, whose first ones the suites ask; empty if its sources are not in use."""
    made = get_set(REQUESTS)
    if not set(made.sources) <= set(project.params.sources):
        return []
    places = Places(project.root / "data/sources", project.root / "data/suites")
    require_sources(made, places.sources)
    return made.build(places)


def _questions(domain: PreparedDomain) -> list[Question]:
    view = domain.main_view
    return [row for split in SPLITS for row in domain.questions(view, split)] if view else []


def _own(domain: PreparedDomain) -> list[Text]:
    rows = _questions(domain) if domain.main_view == "classify" else []
    return [Text(row.id, row.split, row.cluster, row.text, label=row.answer) for row in rows]


def _foreign(name: str, row: Question) -> Text:
    return Text(f"{name}-{row.id}", row.split, f"{name}-{row.cluster}", row.text)


def _scope(
    domain: Domain,
    own: Sequence[Text],
    *,
    labels: Sequence[str],
    foreign: Mapping[str, Sequence[Text]],
    safety: Sequence[Preference],
) -> list[Preference]:
    if domain.classify is None:
        return []
    return scope_pairs(own, _outside(foreign, safety), labels=labels, prompt=domain.classify.prompt)


def _outside(foreign: Mapping[str, Sequence[Text]], safety: Sequence[Preference]) -> list[Text]:
    """Texts of other domains in turns, and after each of them a harmless request of everyday life."""
    near = [text for turn in zip_longest(*foreign.values()) for text in turn if text is not None]
    far = [Text(f"far-{pair.id}", pair.split, pair.cluster, pair.prompt) for pair in safety if _harmless(pair)]
    found = []
    for split in SPLITS:
        parts = ([text for text in near if text.split == split], [text for text in far if text.split == split])
        found += [text for text in chain.from_iterable(zip_longest(*parts)) if text is not None]
    return found


def _harmless(pair: Preference) -> bool:
    return pair.chosen in OPENINGS
