"""From the seconds and devices in the records to money, so that a new price re-runs nothing."""

from __future__ import annotations

from harness.config.params import Prices
from harness.measure.cost import hourly_price
from harness.records.run_record import Provenance, RunRecord, ScoreRecord


def training_usd(run: RunRecord, prices: Prices) -> float:
    """Cost of a training, in the currency of the price table, at the price of the device that computed.

    On a GPU, phases that compute on the CPU (`Training.cpu_phases`) cost what its CPU threads cost.

    Raises:
        ConfigError: its GPU is not in the price table.
    """
    where, names = run.provenance, run.training.cpu_phases if run.training else []
    on_cpu = sum(run.phases.get(name, 0.0) for name in names) if where.device_kind == "cuda" else 0.0
    cpu_price = hourly_price("cpu", "", threads=where.threads, prices=prices)
    return ((run.cost.seconds - on_cpu) * price_of(where, prices) + on_cpu * cpu_price) / 3600


def scoring_usd(run: RunRecord, score: ScoreRecord, prices: Prices) -> float | None:
    """Cost of scoring, at the price of the device that scored; null where no time was recorded.

    Records that do not name this device are charged for the device of the training.

    Raises:
        ConfigError: its GPU is not in the price table.
    """
    if score.cost is None:
        return None
    return score.cost.seconds / 3600 * price_of(score.provenance or run.provenance, prices)


def price_of(where: Provenance, prices: Prices) -> float:
    """Price of one hour of the device that made a record.

    Raises:
        ConfigError: its GPU is not in the price table.
    """
    return hourly_price(where.device_kind, where.device, threads=where.threads, prices=prices)
