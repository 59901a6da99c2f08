"""The project as its board sees it: every record on this disk, and one's own in place of the published ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from harness.config.params import Params
from harness.config.project import RECORDS, Project, RunKey
from harness.own.own_project import OwnProject, own_runs
from harness.records.run_record import RunRecord, read_record

BOARD = "runs/.board"
"""Store and board of the records on this disk. The committed files in reports/ stay as they are."""


class RecordsHere(Project):
    """All runs with records on this disk, whether params.yaml lists them or not.

    A record counts if its recipe and domains still exist, its domains are prepared, and it was made with the active
    profile, because records of two profiles stand on different base models.
    """

    @property
    def reports_folder(self) -> Path:
        """Beside the runs, where git ignores it."""
        return self.root / BOARD

    def record_folder(self, key: RunKey) -> Path:
        """One's own record where there is one, else that of reports/records."""
        own = key in self.own
        return OwnProject(self.root).record_folder(key) if own else super().record_folder(key)

    def runs(self, params: Params | None = None) -> Iterator[RunKey]:
        """The runs of params.yaml, then the other runs with records."""
        listed = list(super().runs(params))
        yield from listed
        yield from sorted({*self.own, *self._others} - set(listed), key=lambda key: key.id)

    @cached_property
    def own(self) -> frozenset[RunKey]:
        """Runs with a record of one's own."""
        return frozenset(key for key in own_runs(self.root) if self._counts(key))

    @cached_property
    def _others(self) -> frozenset[RunKey]:
        found = set()
        for path in sorted((self.root / RECORDS).glob("*/*/train/run.json")):
            record = read_record(RunRecord, path)
            key = RunKey(record.family, record.recipe, tuple(record.domains), record.seed)
            scored = (path.parents[1] / "score/scores.json").is_file()
            if scored and record.run_id == key.id and record.profile == self.params.profile and self._counts(key):
                found.add(key)
        return frozenset(found)

    def _counts(self, key: RunKey) -> bool:
        prepared = set(self.params.prepared_domains) & set(self.domain_names) | set(self.params.slices)
        return key.recipe_id in self.recipe_ids and set(key.domains) <= prepared
