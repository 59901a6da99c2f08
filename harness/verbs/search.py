"""`harness search RUN --domain D QUERY`: find a domain's texts by the vectors of a run.

harness search contrastive/mnrl --domain icd10 "heart attack" --compare baseline/encoder
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from harness.config.project import Project, RunKey
from harness.display.console import table_console
from harness.display.plain_text import shortened
from harness.errors import ConfigError
from harness.items.prepared import PreparedDomain
from harness.measure.device import prepare_device
from harness.runtime.compiler import without_compiler
from harness.runtime.quiet import quiet_libraries
from harness.search.corpus import corpus_of
from harness.search.index import Hit
from harness.search.searcher import Searcher, open_searcher, require_query, require_vectors
from harness.verbs._whole_number import whole_number

WIDTH = 100
"""Characters of a text that the table shows."""


def main(argv: Sequence[str]) -> int:
    """Print the nearest texts as a table, those of the compared run beside them, or all of it as JSON."""
    parser = argparse.ArgumentParser(
        prog="harness search",
        description="Find the texts of a domain whose vectors lie nearest to that of a query. The vectors are those of "
        "a run; they are kept in runs/.search/.",
        epilog='example: harness search contrastive/mnrl --domain icd10 "heart attack" --compare baseline/encoder',
    )
    parser.add_argument("recipe", metavar="RUN", help="the recipe of the run, such as contrastive/mnrl")
    parser.add_argument("query", metavar="QUERY", help="what to look for; quote several words")
    parser.add_argument(
        "--domain", metavar="D", required=True, help="what the run was trained on; its texts are searched"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the run (default: 0)")
    parser.add_argument("--k", metavar="N", type=whole_number, default=10, help="texts to show (default: 10)")
    parser.add_argument(
        "--compare", metavar="RECIPE", help="show what this recipe finds beside it: before and after a training"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON, texts uncut")
    options = parser.parse_args(argv)
    require_query(options.query)
    if options.k < 1:
        raise ConfigError("no text is asked for", where="--k", expected="1 or more")
    project = Project.here()
    project.domain(options.domain)
    names = [options.recipe, *([options.compare] if options.compare else [])]
    keys = [RunKey(one.family, one.name, (options.domain,), options.seed) for one in map(project.recipe, names)]
    for key in keys:
        require_vectors(project, key)
    quiet_libraries()
    without_compiler()
    corpus = corpus_of(PreparedDomain.open(project.prepared_folder(options.domain)))
    device = prepare_device(project.params.precision)
    searchers = [open_searcher(project, one, corpus=corpus, device=device) for one in keys]
    found = [searcher.search(options.query, k=options.k) for searcher in searchers]
    if options.json:
        print(json.dumps(_content(options.query, searchers, found), indent=2, ensure_ascii=False))
    else:
        _show(options.query, searchers, found)
    return 0


def _content(query: str, searchers: Sequence[Searcher], found: Sequence[Sequence[Hit]]) -> dict[str, Any]:
    runs = [
        {
            "run": searcher.key.id,
            "dimensions": searcher.index.dimensions,
            "index_bytes": searcher.index.bytes,
            "hits": [dataclasses.asdict(hit) | {"similarity": round(hit.similarity, 6)} for hit in hits],
        }
        for searcher, hits in zip(searchers, found, strict=True)
    ]
    return {
        "query": query,
        "domain": searchers[0].key.domains[0],
        "documents": searchers[0].index.documents,
        "runs": runs,
    }


def _show(query: str, searchers: Sequence[Searcher], found: Sequence[Sequence[Hit]]) -> None:
    from rich.table import Table
    from rich.text import Text

    console = table_console()
    table = Table(header_style="bold")
    table.add_column("", justify="right")
    for searcher in searchers:
        table.add_column("cosine", justify="right")
        table.add_column(searcher.key.recipe_id, overflow="fold")
    for place, hits in enumerate(zip(*found, strict=True), start=1):
        cells = [
            text for hit in hits for text in (f"{hit.similarity:.3f}", shortened(f"{hit.id}  {hit.text}", most=WIDTH))
        ]
        table.add_row(str(place), *map(Text, cells))
    console.print(table)
    index = searchers[0].index
    console.print(f"the nearest of {index.documents} texts of {searchers[0].key.domains[0]}", style="dim")
    for searcher in searchers:
        if searcher.model.cut([query]):
            console.print(f"{searcher.key.recipe_id} reads only the beginning of this query", style="yellow")
