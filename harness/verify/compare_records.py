"""Compare two record folders of one run: the published one and its repetition.

published/train/run.json, score/scores.json, score/samples.parquet --+--> Agreement
repeated/ the same files --------------------------------------------'
"""

from __future__ import annotations

from pathlib import Path

from harness.errors import DataError
from harness.evidence.resampling import Resampling
from harness.records.run_record import Cost, Memory, Provenance, RunRecord, ScoreRecord, Status, read_record
from harness.verify.agreement import Agreement, Ratio, StageCosts
from harness.verify.compare_suites import compare_suites

RUN, SCORES, SAMPLES = "train/run.json", "score/scores.json", "score/samples.parquet"


def compare_records(published: Path, repeated: Path, *, resampling: Resampling | None = None) -> Agreement:
    """How well two records of one run agree; each folder has `train/` and `score/` below it.

    Raises:
        DataError: a file is missing or broken, or the records belong to two runs.
    """
    folders = (published, repeated)
    runs = [read_record(RunRecord, folder / RUN) for folder in folders]
    scores = (read_record(ScoreRecord, published / SCORES), read_record(ScoreRecord, repeated / SCORES))
    samples = (published / SAMPLES, repeated / SAMPLES)
    if runs[0].run_id != runs[1].run_id:
        raise DataError(
            f"the records belong to two runs: {runs[0].run_id} and {runs[1].run_id}", where=f"{published}, {repeated}"
        )
    stages = [_status(run, score) for run, score in zip(runs, scores, strict=True)]
    ended = all(status == "ok" for status, _ in stages)
    return Agreement(
        run_id=runs[0].run_id,
        published_status=stages[0][0],
        here_status=stages[1][0],
        published_reason=stages[0][1],
        here_reason=stages[1][1],
        samples_equal=ended and samples[0].read_bytes() == samples[1].read_bytes(),
        suites=compare_suites(samples, scores, resampling=resampling or Resampling()) if ended else [],
        training=_costs(*((run.cost, run.memory, run.provenance) for run in runs)),
        scoring=_costs(*((score.cost, score.memory, score.provenance) for score in scores)),
        notes=_notes(*(run.provenance for run in runs), *(score.provenance for score in scores)),
    )


def _status(run: RunRecord, score: ScoreRecord) -> tuple[Status, str | None]:
    if run.status == "failed":
        return "failed", run.reason
    return score.status, score.reason


Measured = tuple[Cost | None, Memory | None, Provenance | None]


def _costs(published: Measured, here: Measured) -> StageCosts:
    (cost, memory, where), (cost_here, memory_here, where_here) = published, here
    on_gpu = bool(memory and memory_here and memory.cuda_reserved_mb and memory_here.cuda_reserved_mb)
    name = "cuda_reserved_mb" if on_gpu else "resident_mb"
    return StageCosts(
        seconds=Ratio(published=cost.seconds if cost else None, here=cost_here.seconds if cost_here else None),
        cpu_seconds=Ratio(
            published=cost.cpu_seconds if cost else None, here=cost_here.cpu_seconds if cost_here else None
        ),
        memory_mb=Ratio(
            published=getattr(memory, name) if memory else None,
            here=getattr(memory_here, name) if memory_here else None,
        ),
        published_on=where.measured_on if where else None,
        here_on=where_here.measured_on if where_here else None,
        published_busy=cost.busy if cost else None,
        here_busy=cost_here.busy if cost_here else None,
    )


def _notes(
    published: Provenance, here: Provenance, scored: Provenance | None, scored_here: Provenance | None
) -> list[str]:
    """What may explain a difference."""
    notes = []
    if published.data_hash != here.data_hash:
        notes.append("the prepared data differ: this is not the same training")
    if published.config_hash != here.config_hash:
        notes.append("recipe, budget or base model differ: this is not the same training")
    for what, first, second in (("training", published, here), ("scoring", scored, scored_here)):
        if first and second and first.precision != second.precision:
            notes.append(f"precision of {what}: {first.precision} published, {second.precision} here")
    versions = [
        f"{name} {version} published, {here.versions.get(name, 'none')} here"
        for name, version in published.versions.items()
        if here.versions.get(name) != version
    ]
    return [*notes, *([f"versions: {'; '.join(versions)}"] if versions else [])]
