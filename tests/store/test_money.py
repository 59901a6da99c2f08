from __future__ import annotations

from datetime import date

import pytest

from harness.config.params import Prices
from harness.config.project import Project, RunKey
from harness.records.run_record import RunRecord, read_record
from harness.store.ingest import ingest
from harness.store.money import training_usd
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


def test_a_phase_on_the_cpu_costs_what_cpu_threads_cost_also_on_a_machine_with_a_gpu(project: Project) -> None:
    write_run(project, LORA, seconds=3600.0)
    run = read_record(RunRecord, project.record_folder(LORA) / "train/run.json")
    assert run.training is not None
    on_gpu = run.model_copy(
        update={
            "provenance": run.provenance.model_copy(update={"device_kind": "cuda", "device": "NVIDIA L4"}),
            "training": run.training.model_copy(update={"cpu_phases": ["head"]}),
            "phases": {"train": 1800.0, "head": 1800.0},
        }
    )
    prices = Prices(as_of=date(2026, 1, 1), currency="USD", source="invented", cpu_core_hour=0.05, gpu_hour={"L4": 1.0})
    assert training_usd(on_gpu, prices) == pytest.approx(0.5 * 1.0 + 0.5 * 2 * 0.05)
    assert training_usd(run, prices) == pytest.approx(2 * 0.05)
