"""Continual learning from the store: the matrix of scores by step and task, and the figures of it.

    runs of one family on the steps of a sequence --> cells (step x task) --> complete recipes --> figures, differences

A cell holds the items of a task that a run answered; a slice is the items of its domain with its labels and
clusters. Figures need every cell of a recipe. A recipe that lacks one shows its cells and says what is missing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.config.params import DEFAULT, Slice
from harness.evidence import continual
from harness.evidence.item_scores import ItemScores
from harness.evidence.resampling import Estimate, score_interval
from harness.reports.board.measured.groups import Record, records_of
from harness.reports.board.measured.item_scores import read_items
from harness.reports.contract.rounding import rounded, rounded_bounds
from harness.reports.contract.sections.continual import ContinualArm, ContinualMatrix, FigureCell, IntervalCell, StepRow
from harness.reports.sections.figures import FIGURES
from harness.scoring.metric_registry import metric_spec

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harness.config.family import Family
    from harness.config.project import Project
    from harness.reports.board.settings import Settings

COMPARED = ("average", "learning_accuracy", "backward_transfer", "forgetting")
"""Figures that need no row 0, so that two recipes can be compared by their steps alone."""
BESIDE = ("safety", "retention")
"""Columns of the board that are shown after each step."""


@dataclass(frozen=True)
class _Task:
    """What one step brings, and how it is asked about."""

    name: str
    domain: str
    part: Slice | None
    """What the step learns of the domain; null: all of it."""
    suite: str
    metric: str
    protocol: str


@dataclass
class _Runs:
    """The runs of one recipe on one step, by seed."""

    ok: dict[int, str] = field(default_factory=dict)
    """Seed -> run id."""
    failed: dict[int, str] = field(default_factory=dict)
    """Seed -> reason."""
    seconds: dict[int, float | None] = field(default_factory=dict)


def read_continual(connection: DuckDBPyConnection, project: Project, settings: Settings) -> list[ContinualMatrix]:
    """A matrix for each family on sequences and each sequence that any of its runs learnt.

    Raises:
        DataError: runs have not answered the same items although they have the same protocol.
    """
    query = "SELECT DISTINCT family, sequence, place, task, domain, labels, clusters FROM sequence_tasks ORDER BY ALL"
    steps: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in records_of(connection, query):
        steps[row["family"], row["sequence"]].append(row)
    found = [
        _Reader(connection, project, settings, family=family, sequence=sequence, steps=rows).matrix()
        for (family, sequence), rows in steps.items()
    ]
    return [matrix for matrix in found if matrix is not None]


class _Reader:
    """Reads the cells of one sequence, each once."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        project: Project,
        settings: Settings,
        *,
        family: str,
        sequence: str,
        steps: Sequence[Record],
    ) -> None:
        self.connection, self.project, self.settings = connection, project, settings
        self.name, self.sequence, self.steps = family, sequence, steps
        self.family: Family = project.family(family)
        self.runs = self._read_runs()
        self.asked = self._read_suites()

    def matrix(self) -> ContinualMatrix | None:
        """All recipes of the sequence; null if no task was scored."""
        tasks = [self._task(row) for row in self.steps]
        if None in tasks:
            return None
        known = [task for task in tasks if task is not None]
        names = list(dict.fromkeys(recipe for recipe, _ in self.runs))
        arms = [name for name in self.project.params.recipes[self.name] if f"{self.name}/{name}" in names]
        arms = [name for name in arms if name != self.family.untrained]
        cells = {name: self._cells(name, known, length=len(known)) for name in arms}
        before = self._cells(self.family.untrained, known, length=1) if self.family.untrained else []
        figures = self._figures(cells, before, known)
        first = known[0].domain
        return ContinualMatrix(
            family=self.name,
            sequence=self.sequence,
            tasks=[task.name for task in known],
            metrics=[task.metric for task in known],
            before=self._row(0, before[0], self._runs_of(self.family.untrained, 1), first)
            if before and any(before[0])
            else None,
            arms=[self._arm(name, cells[name], figures.get(name, {}), first) for name in arms],
            upper_bound=f"{self.name}/{self.family.upper_bound}" if self.family.upper_bound in arms else None,
            figure=f"{FIGURES}/{self.name}-{self.sequence}.png",
        )

    def _read_runs(self) -> dict[tuple[str, int], _Runs]:
        """(recipe id, step) -> its runs."""
        found: dict[tuple[str, int], _Runs] = defaultdict(_Runs)
        order = [row["task"] for row in self.steps]
        query = f"SELECT * FROM runs WHERE family = '{self.name}' ORDER BY recipe, seed"
        for run in records_of(self.connection, query):
            domains = list(run["domains"])
            if domains != order[: len(domains)]:
                continue
            runs = found[run["recipe"], len(domains)]
            if run["status"] == "ok":
                runs.ok[run["seed"]] = run["run_id"]
                runs.seconds[run["seed"]] = run["train_seconds"]
            else:
                runs.failed[run["seed"]] = run["reason"]
        return found

    def _read_suites(self) -> dict[str, list[Record]]:
        """Run id -> its suites with questions, of the default protocol, in the order of params.yaml."""
        place = {name: number for number, name in enumerate(self.settings.suites)}
        ids = {run for runs in self.runs.values() for run in runs.ok.values()}
        found: dict[str, list[Record]] = defaultdict(list)
        query = f"SELECT * FROM suites WHERE protocol_hash != '' AND protocol = '{DEFAULT}' ORDER BY suite"
        for row in sorted(records_of(self.connection, query), key=lambda row: place.get(row["suite"], len(place))):
            if row["run_id"] in ids:
                found[row["run_id"]].append(row)
        return found

    def _task(self, step: Record) -> _Task | None:
        """How most runs were asked about the task; null if none was asked by a metric with a value per item."""
        counts: Counter[tuple[str, str, str]] = Counter()
        for suites in self.asked.values():
            main = [row for row in suites if row["domain"] == step["domain"] and row["board_column"] == "score"]
            if main:
                counts[main[0]["suite"], main[0]["primary_metric"], main[0]["protocol_hash"]] += 1
        if not counts:
            return None
        suite, metric, protocol = max(counts, key=lambda key: (counts[key], key))
        spec = metric_spec(metric)
        if not spec.per_item or not spec.bounded or spec.averaged_over == "pairs":
            return None
        chosen = {"labels": step["labels"], "clusters": step["clusters"]}
        part = Slice(of=step["domain"], **chosen) if any(chosen.values()) else None
        return _Task(step["task"], step["domain"], part, suite, metric, protocol)

    def _runs_of(self, recipe: str | None, step: int) -> _Runs:
        return self.runs.get((f"{self.name}/{recipe}", step), _Runs())

    def _cells(self, recipe: str, tasks: Sequence[_Task], *, length: int) -> list[list[ItemScores | None]]:
        """For each step a list of the tasks' item scores, of the seeds that all steps have."""
        of_steps = [self._runs_of(recipe, step) for step in range(1, length + 1)]
        seeds = self._seeds(recipe, length)
        return [
            [self._cell([runs.ok[seed] for seed in seeds or sorted(runs.ok)], task) for task in tasks]
            for runs in of_steps
        ]

    def _seeds(self, recipe: str, length: int) -> list[int]:
        """Seeds that ended well in every step."""
        return sorted(set.intersection(*(set(self._runs_of(recipe, step).ok) for step in range(1, length + 1))))

    def _cell(self, runs: Sequence[str], task: _Task) -> ItemScores | None:
        protocols = {
            row["protocol_hash"]
            for run in runs
            for row in self.asked.get(run, [])
            if (row["suite"], row["domain"]) == (task.suite, task.domain)
        }
        if protocols != {task.protocol}:
            return None
        scores = read_items(self.connection, runs=runs, suite=task.suite, domain=task.domain, metric=task.metric)
        if scores is None or task.part is None:
            return scores
        query = "SELECT item_id, gold FROM samples WHERE run_id = ? AND suite = ? AND domain = ?"
        gold = dict(self.connection.execute(query, [runs[0], task.suite, task.domain]).fetchall())
        own = [
            item
            for item, cluster in zip(scores.items, scores.clusters, strict=True)
            if task.part.holds(gold[item], cluster)
        ]
        return scores.restricted_to(own) if own else None

    def _figures(
        self,
        cells: Mapping[str, list[list[ItemScores | None]]],
        before: list[list[ItemScores | None]],
        tasks: Sequence[_Task],
    ) -> dict[str, dict[str, FigureCell | None]]:
        """Recipe -> its figures, for recipes with every cell."""
        complete = {name: rows for name, rows in cells.items() if all(all(row) for row in rows)}
        if not complete:
            return {}
        stacked: list[list[ItemScores | None]] = []
        groups: list[int] = []
        has_before = bool(before) and all(before[0])
        if has_before:
            stacked, groups = [before[0]], [0]
        places: dict[str, list[int]] = {}
        for group, (name, rows) in enumerate(complete.items(), start=1):
            places[name] = list(range(len(stacked), len(stacked) + len(rows)))
            stacked, groups = [*stacked, *rows], [*groups, *[group] * len(rows)]
        columns = [[row[place] for row in stacked if row[place] is not None] for place in range(len(tasks))]
        resampling = self.settings.resampling
        drawn = continual.resample(
            [[one for one in column if one] for column in columns], groups, resampling=resampling
        )
        bound = places.get(self.family.upper_bound or "")
        found: dict[str, dict[str, FigureCell | None]] = {}
        for name, own in places.items():
            steps = [0 if has_before else None, *own]
            values = continual.figures(
                drawn, steps, bound=bound if name != self.family.upper_bound else None, resampling=resampling
            )
            control = places.get(self.family.controls.get(name, ""))
            found[name] = {
                figure: None
                if one is None
                else FigureCell(**(rounded_bounds(one) | self._delta(drawn, figure, own, control)))
                for figure, one in values.items()
            }
        return found

    def _delta(
        self, drawn: continual.Resampled, figure: str, own: Sequence[int], control: Sequence[int] | None
    ) -> dict[str, float | None]:
        if control is None or figure not in COMPARED:
            return {}
        found = continual.difference(
            drawn, own, control, continual.FIGURES[figure], resampling=self.settings.resampling
        )
        return {"delta": rounded(found.value), "delta_low": rounded(found.low), "delta_high": rounded(found.high)}

    def _arm(
        self,
        name: str,
        cells: list[list[ItemScores | None]],
        figures: Mapping[str, FigureCell | None],
        first: str,
    ) -> ContinualArm:
        of_steps = {step: self._runs_of(name, step) for step in range(1, len(cells) + 1)}
        seeds = self._seeds(name, len(cells))
        known = [runs.seconds[seed] for runs in of_steps.values() for seed in seeds]
        seconds = [one for one in known if one is not None]
        control = self.family.controls.get(name)
        return ContinualArm(
            recipe=f"{self.name}/{name}",
            title=self.project.recipe(f"{self.name}/{name}").about.title,
            seeds=seeds,
            steps=[self._row(step, cells[step - 1], runs, first) for step, runs in of_steps.items()],
            figures={figure: figures.get(figure) for figure in (*continual.FIGURES, "intransigence")},
            control=f"{self.name}/{control}" if control and figures else None,
            train_seconds=round(sum(seconds) / len(seeds), 3) if seeds and len(seconds) == len(known) else None,
            missing=list(_missing(of_steps, cells)),
        )

    def _row(self, step: int, cells: Sequence[ItemScores | None], runs: _Runs, first: str) -> StepRow:
        resampling = self.settings.resampling
        scores = [_shown(score_interval(one, resampling=resampling)) if one else None for one in cells]
        return StepRow(step=step, scores=scores, beside=self._beside(list(runs.ok.values()), first))

    def _beside(self, runs: Sequence[str], domain: str) -> dict[str, IntervalCell]:
        """Safety and general knowledge: refusals, and the change of what the base model knew."""
        found: dict[str, IntervalCell] = {}
        shown = [row for row in self.asked.get(runs[0], []) if row["domain"] == domain] if runs else []
        for column in BESIDE:
            for row in [row for row in shown if row["board_column"] == column][:1]:
                found |= self._metrics(runs, row)
        return found

    def _metrics(self, runs: Sequence[str], row: Record) -> dict[str, IntervalCell]:
        """The suite's main metric with its interval; of refusals both rates, which have none."""
        asked = {"suite": row["suite"], "domain": row["domain"]}
        if row["board_column"] != "safety":
            metric = row["primary_metric"]
            items = read_items(self.connection, runs=runs, metric=metric, **asked)
            shown = _shown(score_interval(items, resampling=self.settings.resampling)) if items else None
            return {metric: shown} if shown else {}
        query = """SELECT metric, avg(value), min(n) FROM scores
            WHERE list_contains(?, run_id) AND suite = ? AND domain = ? AND metric IN ('refusal', 'over_refusal')
            GROUP BY metric ORDER BY metric DESC"""
        rates = self.connection.execute(query, [list(runs), row["suite"], row["domain"]]).fetchall()
        return {
            name: IntervalCell(value=round(value, 6), low=None, high=None, n=n)
            for name, value, n in rates
            if value is not None
        }


def _missing(of_steps: Mapping[int, _Runs], cells: Sequence[Sequence[ItemScores | None]]) -> Iterator[str]:
    for step, runs in of_steps.items():
        for seed, reason in runs.failed.items():
            yield f"step {step}, seed {seed}: {reason}"
        if not runs.ok and not runs.failed:
            yield f"step {step}: not scored yet"
        elif runs.ok and not all(cells[step - 1]):
            yield f"step {step}: a task was not asked about, or by another protocol"


def _shown(one: Estimate) -> IntervalCell:
    return IntervalCell(**rounded_bounds(one), n=one.n)
