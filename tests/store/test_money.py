from __future__ import annotations

import pytest

from harness.config.project import Project, RunKey
from harness.store.ingest import ingest
from harness.store.query import ask
from tests.store.records_factory import write_all_runs, write_run

LORA = RunKey("peft", "lora", ("hs_products",), 0)
CPU_HOUR, H100_HOUR = 2 * 0.05, 5.0


def usd(project: Project) -> list[float]:
    """Training (100 s) and scoring (50 s) of LoRA."""
    ingest(project)
    ((train, score),) = ask(project.root, f"SELECT train_usd, score_usd FROM runs WHERE run_id = '{LORA.id}'").rows
    return [train, score]


def test_scoring_on_another_device_is_charged_at_the_price_of_that_device(project: Project) -> None:
    write_all_runs(project)
    write_run(project, LORA, device="NVIDIA H100 80GB HBM3")
    assert usd(project) == pytest.approx([100 / 3600 * CPU_HOUR, 50 / 3600 * H100_HOUR])


def test_scoring_that_does_not_name_its_device_is_charged_at_the_price_of_the_training(project: Project) -> None:
    write_all_runs(project)
    assert usd(project) == pytest.approx([100 / 3600 * CPU_HOUR, 50 / 3600 * CPU_HOUR])
