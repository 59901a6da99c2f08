"""Which results of the earlier scoring are kept, and which suites are asked.

    model, code, device ----.
    questions, rule --------+--> result hash of each suite --equal to the earlier one's?--> keep, else ask

`harness score` reads the earlier record before it replaces it. DVC leaves that record in place (`persist: true`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.config.project import Project
from harness.models.loaded import EMBEDDINGS
from harness.records.run_record import Cost, Latency, Memory, ScoreRecord, SuiteScore
from harness.scoring.ask import Begun, Subject, begin_suite
from harness.scoring.contract import Sample
from harness.scoring.kept.previous import Place, Previous
from harness.scoring.kept.result_hash import ResultHashes, samples_hash


@dataclass(frozen=True)
class Kept:
    """The result hash of every suite, and the results that are kept."""

    hashes: Mapping[Place, str | None]
    results: Mapping[Place, tuple[SuiteScore, list[Sample]]] = field(default_factory=dict)

    def hashed(self, score: SuiteScore, samples: Sequence[Sample]) -> SuiteScore:
        """The score of a suite that was asked, with the hashes by which a later scoring recognises it."""
        if not score.metrics:
            return score
        hashes = {"result_hash": self.hashes[score.suite, score.domain], "samples_hash": samples_hash(samples)}
        return score.model_copy(update=hashes)


def find_kept(project: Project, subjects: Sequence[Subject], *, hashes: ResultHashes, previous: Previous) -> Kept:
    """Compare the earlier results with what would be asked now.

    A result is kept if its hash is equal, it has metrics, and its samples are those that were written with it.
    Suites of embeddings share the vectors of the model, so either all of them are kept or none is.
    """
    begun: dict[Place, Begun] = {}
    found: dict[Place, str | None] = {}
    for subject in subjects:
        for name in project.params.suites_of(subject.protocol):
            place = name, subject.domain.name
            begun[place] = begin_suite(project, name, subject=subject)
            against = found.get((begun[place].suite.against or "", subject.domain.name))
            found[place] = hashes.of_suite(begun[place], against=against)
    results = {
        place: (_carried(one, previous.suites[place], commit=previous.commit), previous.samples[place])
        for place, one in begun.items()
        if _is_valid(place, found[place], previous)
    }
    embedding = {place for place, one in begun.items() if one.run and EMBEDDINGS in one.kind.asks}
    if not embedding <= set(results):
        results = {place: result for place, result in results.items() if place not in embedding}
    return Kept(found, results)


def _is_valid(place: Place, result_hash: str | None, previous: Previous) -> bool:
    earlier = previous.suites.get(place)
    if earlier is None or result_hash is None or earlier.result_hash != result_hash or not earlier.metrics:
        return False
    return samples_hash(previous.samples.get(place, [])) == earlier.samples_hash


def _carried(begun: Begun, earlier: SuiteScore, *, commit: str) -> SuiteScore:
    """The earlier result below today's title and column."""
    carried = ("metrics", "seconds", "truncated", "result_hash", "samples_hash")
    update = {name: getattr(earlier, name) for name in carried}
    return begun.score.model_copy(update={**update, "kept_from": earlier.kept_from or commit})


def kept_latency(previous: Previous, result_hash: str) -> Latency | None:
    """The earlier latency, if it would be measured in the same way; else null."""
    latency = previous.record.latency if previous.record else None
    if latency is None or latency.result_hash != result_hash:
        return None
    return latency.model_copy(update={"kept_from": latency.kept_from or previous.commit})


def with_kept_costs(record: ScoreRecord, previous: Previous) -> ScoreRecord:
    """The record with the seconds of kept results added, and with the higher peak of memory of the two scorings.

    Energy and CPU seconds are null if a result was kept: the earlier record states them for all suites together.
    The scoring counts as busy if either of the two was.
    """
    kept = [suite for suite in record.suites if suite.kept_from]
    if not kept or record.cost is None:
        return record
    seconds = round(sum(suite.seconds or 0.0 for suite in kept), 3)
    earlier = previous.record.cost if previous.record else None
    busy = record.cost.busy or (earlier.busy if earlier else None)
    cost = Cost(seconds=round(record.cost.seconds + seconds, 3), busy=busy)
    memories = [one for one in (record.memory, previous.record.memory if previous.record else None) if one]
    memory = max(memories, key=_peak, default=None)
    return record.model_copy(update={"cost": cost, "kept_seconds": seconds, "memory": memory})


def _peak(memory: Memory) -> tuple[float, float]:
    return memory.cuda_reserved_mb or 0.0, memory.resident_mb
