"""The board of the records on this disk, built again when a record or a setting is newer than the last one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import harness
from harness.config.folds import fold_runs
from harness.config.project import RECORDS, Project, RunKey
from harness.measure.provenance import stable_hash
from harness.own.inputs import SCORE_FILE, code_of, is_current, scoring_inputs
from harness.own.own_project import OWN, OwnProject
from harness.own.records_here import BOARD, RecordsHere
from harness.pipeline.staleness import judged_runs, with_rows_of_folds
from harness.reports.board.rows.stale_rows import marked
from harness.reports.contract.leaderboard import Leaderboard
from harness.reports.contract.leaderboard_file import NAME, board_json, read_board_file
from harness.reports.contract.rows import Row
from harness.reports.write import build
from harness.runtime.atomic_output import atomic_file
from harness.store.ingest import ingest
from harness.verify.published import published_runs

OWN_MARK = "measured on this machine, beside the published records"
NEW_MARK = "measured in this checkout and not committed"
OWN_STALE = "its code, settings or data changed since"
STAMP = "stamp"
SETTINGS = ("params.yaml", "recipes/*/*.yaml", "data/suites/*", "data/domains/*.yaml", "data/sources.yaml")

WITHOUT_RECORDS = (
    "These rows come from reports/leaderboard.json. No record of a run is on this disk, so the rows cannot be compared "
    "with the code: read them as stale. `harness plan` lists what would be measured."
)


def has_records(root: Path) -> bool:
    """Whether any run has a record on this disk."""
    return any(next((root / folder).glob("*/*/score/scores.json"), None) for folder in (RECORDS, f"{OWN}/records"))


def board_here(project: Project) -> Leaderboard:
    """The board of all records on this disk; without any record, the board that was committed.

    Raises:
        DataError: there is neither a record nor a board, or a record is broken.
        ConfigError: a YAML file is wrong.
    """
    if not has_records(project.root):
        return marked(read_board_file(project.root / "reports"), judged_runs(project))
    here = RecordsHere(project.root)
    folder, stamp = project.root / BOARD, _stamp(project.root)
    if (folder / STAMP).is_file() and (folder / STAMP).read_text(encoding="utf-8") == stamp:
        return _judged(here, read_board_file(folder))
    from harness.sources.licences import licence_table

    ingest(here)
    built = build(here, sources=licence_table(project))
    board = built.model_copy(update={"rows": _marked(here, built.rows)})
    for name, text in ((NAME, board_json(board)), (STAMP, stamp)):
        with atomic_file(folder / name) as working:
            working.write_text(text, encoding="utf-8")
    return _judged(here, board)


def _judged(here: RecordsHere, board: Leaderboard) -> Leaderboard:
    """The board with `stale` of each row as of now. Own runs are judged by what they were made from themselves."""
    judged = judged_runs(Project(here.root))
    if here.own:
        code, own = code_of(here, here.own), OwnProject(here.root)
        for key in here.own:
            inputs = scoring_inputs(own, key, code)
            judged[key.id] = None if is_current(own.record_folder(key), SCORE_FILE, inputs) else OWN_STALE
        recorded = [key for key in here.runs() if key.id in judged]
        judged = with_rows_of_folds(here, judged, runs=recorded)
    return marked(board, judged)


def origins(board: Leaderboard) -> str:
    """`30 rows: 22 published, 8 measured on this machine, 3 stale`."""
    own = sum(any(mark.startswith((OWN_MARK, NEW_MARK)) for mark in row.marks) for row in board.rows)
    stale = sum(row.stale is not None for row in board.rows)
    counts = [f"{len(board.rows) - own} published", f"{own} your own"]
    return f"{len(board.rows)} rows: {', '.join([*counts, *([f'{stale} stale'] if stale else [])])}"


def _marked(here: RecordsHere, rows: Iterable[Row]) -> list[Row]:
    """Rows that hold a run of one's own say so."""
    published = set(published_runs(here)) if (here.root / ".git").exists() else set()
    return [row.model_copy(update={"marks": [*row.marks, *_marks(here, row, published)]}) for row in rows]


def _marks(here: RecordsHere, row: Row, published: set[str]) -> Iterator[str]:
    seeds = [*row.seeds, *(seed for seed in row.failed_seeds if seed not in row.seeds)]
    keys = [RunKey(row.family, row.recipe, tuple(row.domains or [row.domain]), seed) for seed in seeds]
    own = [key for key in keys if not here.own.isdisjoint(fold_runs(here, key))]
    new = [key for key in keys if key not in own and not published.issuperset(one.id for one in fold_runs(here, key))]
    for mark, found in ((OWN_MARK, own), (NEW_MARK, new)):
        if found:
            some = f" (seed {', '.join(str(key.seed) for key in found)})" if len(found) < len(keys) else ""
            yield f"{mark}{some}"


def _stamp(root: Path) -> str:
    """Hash of the times and sizes of everything that the board is made from."""
    code = Path(harness.__file__ or "").parent
    files = [path for folder in (RECORDS, f"{OWN}/records") for path in (root / folder).rglob("*") if path.is_file()]
    files += [path for pattern in SETTINGS for path in root.glob(pattern)]
    files += [path for room in ("store", "reports", "evidence", "own") for path in (code / room).rglob("*.py")]
    files += [path for path in (root / ".git/HEAD", root / ".git/index") if path.is_file()]
    return stable_hash(sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files))
