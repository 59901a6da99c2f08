"""`harness domain`: add a domain from your own file; show, list and remove domains; write its folds again."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.config.project import Project
from harness.display.console import table_console

if TYPE_CHECKING:
    from rich.console import Console

    from harness.user_domains.add import InspectedFile, Plan
    from harness.user_domains.media_add import InspectedMedia
    from harness.user_domains.request import Request

COLUMN_OPTIONS = {
    "input": "the prompt, or the text that has a label",
    "output": "the reply that a model should write",
    "label": "the class of the text",
    "cluster": "records with the same value stay in one split (a customer, a source document)",
    "id": "a stable name of the record",
    "split": "train, validation or test",
    "rating": "how good the reply is (true or false, 1 to 5, ...); `none` if no column is a rating",
}
"""Option -> description of the column that it names."""
MOST_UNUSED = 50
"""Most names of unused columns that are shown."""
MOST_FIELDS = 30
"""Most fields of the first record that are shown."""


def main(argv: Sequence[str]) -> int:
    """`harness domain add | show | list | remove | folds`."""
    options = _parser().parse_args(argv)
    project = Project.here()
    match options.action:
        case "add":
            _add(project, options)
        case "show":
            _show(project, options.name, as_json=options.json)
        case "list":
            from harness.user_domains.show import show_list

            show_list(project, table_console())
        case "remove":
            from harness.user_domains.remove import remove

            print("\n".join(remove(project, options.name)))
        case "folds":
            from harness.user_domains.fold_files import write_folds

            print("\n".join(write_folds(project, options.name)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="harness domain", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="inspect a file of records and add it as a domain")
    add.add_argument("name", metavar="NAME", help="small letters, digits and underscores")
    add.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="JSONL, JSON, CSV, TSV, text or Parquet, also in gzip or zip; or a folder, also of pictures or recordings",
    )
    for name, about in COLUMN_OPTIONS.items():
        add.add_argument(f"--{name}", metavar="COL", help=f"column: {about}")
    add.add_argument(
        "--target", metavar="COL", help="a table: the column to predict from the others (rows become items of a table)"
    )
    add.add_argument("--format", metavar="F", help="the record format, if recognition is wrong")
    add.add_argument(
        "--delimiter", metavar="SIGN", help="sign between the cells of a table, or tab, comma, semicolon, pipe"
    )
    add.add_argument("--quoting", choices=("standard", "none"), help="none: quotes in a table are ordinary characters")
    add.add_argument("--no-header", action="store_true", help="the first line of a table is a record")
    add.add_argument("--lines", action="store_true", help="each line of a text file is one text")
    add.add_argument("--files", metavar="PATTERN", help="files of a folder to read (default: all that hold records)")
    add.add_argument(
        "--label-from", choices=("folder", "file"), help="the label is the name of the folder or of the file"
    )
    add.add_argument(
        "--folds",
        metavar="K",
        type=int,
        help="cross-validation: K test splits that hold each item once, and K trainings per recipe and seed",
    )
    add.add_argument("--licence", metavar="SPDX", help="licence of the data (default: LicenseRef-Proprietary)")
    add.add_argument("--origin", metavar="TEXT", help="whom to credit for the data")
    add.add_argument("--title", metavar="T", help="title on boards and cards (default: made from NAME)")
    add.add_argument(
        "--replace", action="store_true", help="update the file of an existing domain; edits of its configuration stay"
    )
    add.add_argument("--dry-run", action="store_true", help="print the report and the domain file; write nothing")
    add.add_argument("--json", action="store_true", help="print the report as JSON")
    show = actions.add_parser("show", help="print the data card of a domain")
    show.add_argument("name", metavar="NAME")
    show.add_argument("--json", action="store_true", help="print file, source and counts as JSON")
    actions.add_parser("list", help="print one row per domain")
    remove = actions.add_parser("remove", help="remove a domain of your own")
    remove.add_argument("name", metavar="NAME")
    folds = actions.add_parser("folds", help="write the files of a domain's folds again, after an edit of its file")
    folds.add_argument("name", metavar="NAME")
    return parser


def _show(project: Project, name: str, *, as_json: bool) -> None:
    from harness.user_domains import show

    if as_json:
        print(show.show_json(project, name))
    else:
        show.show(project, name, table_console())


def _add(project: Project, options: argparse.Namespace) -> None:
    from harness.user_domains import media_add
    from harness.user_domains.add import inspect_file, plan
    from harness.user_domains.registration import write_all
    from harness.user_domains.request import Request
    from harness.user_files.layout import layout_of
    from harness.user_files.reading import Columns

    request = Request(
        name=options.name,
        file=options.file,
        columns=Columns(**{name: getattr(options, name) for name in COLUMN_OPTIONS}),
        format=options.format,
        licence=options.licence,
        origin=options.origin,
        title=options.title,
        is_replacement=options.replace,
        layout=layout_of(
            delimiter=options.delimiter,
            quoting=options.quoting,
            header=False if options.no_header else None,
            lines=options.lines,
        ),
        pattern=options.files,
        label_from=options.label_from,
        folds=options.folds,
        target=options.target,
    )
    console = table_console()
    inspected: InspectedFile | InspectedMedia
    # the report is printed before the plan may fail: it shows the reason
    if media_add.shows_files(request):
        inspected = media_add.inspect_media(project, request)
        if not options.json:
            _print_lines(media_add.report_lines(request, inspected), console)
        planned = media_add.plan_media(project, request, inspected)
    else:
        inspected = inspect_file(project, request)
        if not options.json:
            _print_inspection(request, inspected, console)
        planned = plan(project, request, inspected)
    before = 0 if options.dry_run else write_all(project, planned.changes)
    if options.json:
        print(json.dumps(_as_json(project, request, inspected, planned, written=not options.dry_run), indent=2))
        return
    for line in _closing(project, request, planned, inspected=inspected, dry_run=options.dry_run, before=before):
        console.print(line, soft_wrap=True)


def _print_inspection(request: Request, inspected: InspectedFile, console: Console) -> None:
    from rich.text import Text

    from harness.user_domains.inspect.rendering import show_report, shown

    console.print(
        Text(f"recognised {inspected.reading.title} in {_read(request, inspected)}", style="bold"), soft_wrap=True
    )
    example = inspected.reading.example
    fields = list(example.items()) if isinstance(example, dict) else [("text", example)]
    console.print("the first record:")
    for name, value in fields[:MOST_FIELDS]:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        console.print(Text(f"  {shown(str(name))}: {shown(text)}"), soft_wrap=True)
    if len(fields) > MOST_FIELDS:
        console.print(f"  and {len(fields) - MOST_FIELDS:,} more fields")
    for line in _columns(inspected):
        console.print(Text(line), soft_wrap=True)
    console.print()
    show_report(inspected.inspection, console)


def _print_lines(lines: Iterator[str], console: Console) -> None:
    from rich.text import Text

    from harness.user_domains.inspect.rendering import WARNING

    for line in lines:
        console.print(Text(line, style="yellow" if line.startswith(WARNING) else ""), soft_wrap=True)


def _read(request: Request, inspected: InspectedFile) -> str:
    """The name of the file; for a folder also the number of files read."""
    from harness.user_domains.inspect.rendering import shown

    name = shown(request.file.resolve().name)
    return (
        f"{inspected.files:,} {'file' if inspected.files == 1 else 'files'} of {name}/"
        if inspected.file.is_folder
        else name
    )


def _columns(inspected: InspectedFile) -> Iterator[str]:
    """The role of each column, and the columns that are not used."""
    from harness.user_domains.inspect.rendering import shown

    named = ", ".join(f'{role} "{shown(name)}"' for role, name in inspected.reading.columns.named.items())
    if named:
        yield f"columns: {named}"
    if inspected.reading.rating:
        yield f"ratings of replies: {inspected.reading.rating.scale.title}"
    if inspected.reading.unused:
        listed = inspected.reading.unused[:MOST_UNUSED]
        names = ", ".join(f'"{shown(column.name)}" ({column.cells:,})' for column in listed)
        more = len(inspected.reading.unused) - MOST_UNUSED
        yield f"columns not used (cells that hold something): {names}" + (f" and {more} more" if more > 0 else "")


def _closing(
    project: Project,
    request: Request,
    planned: Plan,
    *,
    inspected: InspectedFile | InspectedMedia,
    dry_run: bool,
    before: int,
) -> Iterator[str]:
    """The planned splits, the written files and the next steps."""
    from harness.user_domains.split_lines import split_lines

    name = request.name
    yield from split_lines(planned)
    yield ""
    if planned.skip:
        yield f"no recipe runs on the domain: {planned.skip}"
    if not inspected.file.is_inside:
        yield "the file is outside the project: without it, others cannot reproduce the results"
    paths = [change.path.relative_to(project.root).as_posix() for change in planned.changes]
    if dry_run:
        yield f"nothing was written (--dry-run). Files that would change: {', '.join(paths)}. {paths[0]} would be:"
        yield ""
        yield planned.changes[0].text or ""
        return
    yield f"wrote {', '.join(paths)}"
    if before:
        yield f"the configuration already had {before} problems: run `harness check`"
    yield "next: `harness plan` shows what `dvc repro` will run; `dvc repro` runs it"
    yield f"      `harness domain show {name}` prints the data card once `dvc repro prepare` has run"


def _as_json(
    project: Project, request: Request, inspected: InspectedFile | InspectedMedia, planned: Plan, *, written: bool
) -> dict[str, Any]:
    from harness.user_domains.planned_splits import smallest_difference

    return {
        "name": request.name,
        "file": inspected.file.source_path,
        "sha256": inspected.sha256,
        **_content_json(inspected),
        "splits": planned.splits.counts,
        "folds": list(planned.splits.folds),
        "test_clusters": planned.splits.test_clusters,
        "detectable_points": round(smallest_difference(planned.splits.counts["test"]), 1),
        "skip": planned.skip,
        "written": [str(change.path.relative_to(project.root)) for change in planned.changes] if written else [],
    }


def _content_json(inspected: InspectedFile | InspectedMedia) -> dict[str, Any]:
    """What was read."""
    from harness.user_domains.inspect.inspection import inspection_json
    from harness.user_domains.media_add import InspectedMedia, report_json

    if isinstance(inspected, InspectedMedia):
        return report_json(inspected)
    return {
        "format": inspected.reading.format,
        "columns": inspected.reading.columns.named,
        "unused": {column.name: column.cells for column in inspected.reading.unused},
        "rating_scale": inspected.reading.rating.scale.title if inspected.reading.rating else None,
        "inspection": inspection_json(inspected.inspection),
    }
