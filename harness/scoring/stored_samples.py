"""samples.parquet: the answers of a run to every item, small enough for git."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from harness.records.run_record import SuiteScore
from harness.scoring.contract import Sample

DECIMALS = 4
"""Decimals that the file keeps of likelihoods, as 32-bit numbers. Metrics are computed before."""


def as_stored(sample: Sample) -> Sample:
    """The sample as it can be read again: likelihoods are rounded."""
    return dataclasses.replace(
        sample,
        log_odds=_rounded(sample.log_odds),
        gold_loglikelihood=_rounded(sample.gold_loglikelihood),
        loglikelihoods=None
        if sample.loglikelihoods is None
        else tuple(_number(value) for value in sample.loglikelihoods),
    )


def write_samples(run_id: str, scored: Iterable[tuple[SuiteScore, list[Sample]]], path: Path) -> None:
    """Write one row per item: run, suite, domain and the fields of `Sample`. The same rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, number = pa.string(), pa.float32()
    likelihoods = {"log_odds": number, "gold_loglikelihood": number, "loglikelihoods": pa.list_(number)}
    types = {"correct": pa.float64(), **likelihoods}
    fields = [field.name for field in dataclasses.fields(Sample)]
    scored = [(suite, [as_stored(sample) for sample in samples]) for suite, samples in scored]
    columns = {
        "run_id": pa.array([run_id for _, samples in scored for _ in samples], text),
        "suite": pa.array([suite.suite for suite, samples in scored for _ in samples], text),
        "domain": pa.array([suite.domain for suite, samples in scored for _ in samples], text),
    }
    for name in fields:
        values = [getattr(sample, name) for _, samples in scored for sample in samples]
        columns[name] = pa.array(values, types.get(name, text))
    split = ["log_odds", "gold_loglikelihood", "loglikelihoods.list.element"]
    pq.write_table(
        pa.table(columns),
        path,
        compression="zstd",
        compression_level=19,
        store_schema=False,
        use_dictionary=[name for name in columns if name not in likelihoods],
        use_byte_stream_split=split,  # compresses numbers better
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else _number(value)


def _number(value: float) -> float:
    import numpy as np

    return float(np.float32(round(value, DECIMALS)))
