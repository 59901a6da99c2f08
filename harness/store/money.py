"""From the seconds and devices in the records to money, so that a new price re-runs nothing."""

from __future__ import annotations

from harness.config.params import Prices
from harness.measure.cost import hourly_price
from harness.records.run_record import Provenance, RunRecord, ScoreRecord


def training_usd(run: RunRecord, prices: Prices) -> float:
    """Cost of a training, in the currency of the price table.

    Raises:
        ConfigError: its GPU is not in the price table.
    """
    return run.cost.seconds / 3600 * price_of(run.provenance, prices)


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
