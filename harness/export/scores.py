"""What is known about an exported run: its scores, and the data that it learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.config.domain import Domain
from harness.config.project import Project, RunKey
from harness.config.source import HubSource, Source
from harness.config.suite import Suite
from harness.records.run_record import ScoreRecord, SuiteScore, read_record

RECORDS = ("score/scores.json", "wide/scores.json")
"""The default protocol, then the wide one, which few runs have."""


@dataclass(frozen=True)
class Data:
    """A domain and the source of its items."""

    domain: Domain
    source: Source

    @property
    def on_hub(self) -> HubSource | None:
        """The data set on the Hugging Face hub that the items come from; null if they come from elsewhere."""
        source = self.source
        return source if isinstance(source, HubSource) and source.repo_type == "dataset" else None


@dataclass(frozen=True)
class Facts:
    """Scores and data."""

    scores: tuple[SuiteScore, ...]
    """Suites that gave a score, those of the default protocol first."""
    suites: Mapping[str, Suite]
    """Those of the scored suites that have a file; official tasks have none."""
    data: Mapping[str, Data]
    """Every domain that the run learnt or was asked about and that still has a file."""

    def title(self, suite: str) -> str:
        """Name of a suite for readers."""
        return self.suites[suite].title if suite in self.suites else suite

    def asks_the_domain(self, score: SuiteScore) -> bool:
        """Whether the questions come from the domain's own items, and not with the suite."""
        return score.suite in self.suites and bool(self.suites[score.suite].views)


def read_facts(project: Project, key: RunKey) -> Facts:
    """The facts of one run; without scores if it was not scored yet.

    Raises:
        ConfigError: the file of a domain or of a suite is wrong.
        DataError: a record is broken.
    """
    paths = [project.record_folder(key) / name for name in RECORDS]
    records = [read_record(ScoreRecord, path) for path in paths if path.is_file()]
    scores = [one for record in records for one in record.suites if one.metrics and not one.reason]
    names = dict.fromkeys([*key.domains, *(one.domain for one in scores)])
    domains = {name: project.domain(name) for name in names if name in project.domain_names}
    return Facts(
        scores=tuple(scores),
        suites={one.suite: project.suite(one.suite) for one in scores if one.suite in project.suite_names},
        data={name: Data(domain, project.source(domain.source)) for name, domain in domains.items()},
    )
