"""`make bench`: predicted against measured peak memory, each training in a process of its own.

Three steps of made-up tokens through the harness's own loop. Writes reports/bench/memory.json, and fails where a
prediction is further off than promised. Twelve minutes on two cores that ran tests, too.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.config.project import Project
from harness.config.recipe import Budget, Recipe
from harness.memory_plan.plan import with_settings
from harness.models.encoding.encoded import Example
from harness.runtime.quiet import quiet_libraries

PROMISED = 0.15
"""Largest relative error of a predicted peak."""
STEPS = 3
LABELLED = 8


@dataclass(frozen=True)
class Combination:
    """One training to measure."""

    recipe: str
    batch: int
    length: int
    checkpointing: bool = False


COMBINATIONS = (
    Combination("sft/full", 4, 64),
    Combination("peft/lora", 4, 64),
    Combination("peft/lora", 4, 128, checkpointing=True),
    Combination("sft/full", 4, 128, checkpointing=True),
    Combination("peft/lora", 2, 256),
    Combination("peft/lora", 16, 64),
    Combination("sft/full", 16, 64),
    Combination("sft/full", 2, 256),
    Combination("peft/lora", 8, 256),
    Combination("peft/lora", 4, 512),
    Combination("peft/lora", 8, 256, checkpointing=True),
    Combination("sft/full", 8, 256),
)


def main() -> None:
    """Measure, compare and write after each: an interrupted bench keeps what it saw."""
    quiet_libraries()
    project = Project.here()
    path = project.root / "reports/bench/memory.json"
    rows: list[dict[str, Any]] = []
    for combination in COMBINATIONS:
        measured = measure_apart(combination)
        predicted = predicted_mb(project, combination)
        error = predicted / measured - 1
        rows.append({**asdict(combination), "predicted_mb": predicted, "measured_mb": measured, "error": error})
        print(f"{combination}: {predicted:.0f} MB predicted, {measured:.0f} MB measured, {error:+.1%}", flush=True)
        path.write_text(json.dumps(as_report(project, rows), indent=2) + "\n", encoding="utf-8")
    if max(abs(row["error"]) for row in rows) > PROMISED:
        sys.exit("a prediction is further off than promised")


def as_report(project: Project, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What reports/bench/memory.json holds."""
    errors = [abs(row["error"]) for row in rows]
    return {
        "what": f"peak resident memory of {STEPS} training steps, {LABELLED} labelled tokens a row, float32, CPU",
        "model": project.params.base_models["causal_lm"].name,
        "promised": {"largest_error": PROMISED},
        "planned_combinations": len(COMBINATIONS),
        "largest_error": round(max(errors), 4),
        "mean_error": round(statistics.mean(errors), 4),
        "combinations": [{**row, "error": round(row["error"], 4)} for row in rows],
    }


def predicted_mb(project: Project, combination: Combination) -> float:
    """From the configuration alone."""
    from harness.measure.device import Device
    from harness.memory_plan.model_config import model_config
    from harness.memory_plan.plan import Request, predict

    config = model_config(str(project.base_folder("causal_lm")))
    request = Request(
        recipe=recipe_of(project, combination),
        batch=combination.batch,
        length=combination.length,
        labelled=LABELLED,
        device=Device("cpu", "planned", 1, "float32"),
        autocast=False,
    )
    return round(predict(config, request).peak / 1e6, 1)


def measure_apart(combination: Combination) -> float:
    """Peak resident MB of a fresh process that trains it."""
    command = [sys.executable, "-m", __spec__.name, json.dumps(asdict(combination))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def measure_here(combination: Combination) -> float:
    """Train in this process."""
    quiet_libraries()
    from harness.measure.device import prepare_device
    from harness.measure.memory import PeakMemory
    from harness.measure.phases import Phases
    from harness.training.contract import TrainContext
    from harness.training.registry import get_method
    from harness.training.start import load_start
    from harness.training.supervised_lm import SupervisedLM

    project = Project.here()
    recipe = recipe_of(project, combination)
    method = get_method(recipe.run.method)
    assert isinstance(method, SupervisedLM)
    rows = combination.batch * STEPS
    with tempfile.TemporaryDirectory() as scratch, PeakMemory() as peak:
        context = TrainContext(
            folder=Path(scratch),
            recipe=recipe,
            base=project.base_folder("causal_lm"),
            base_name="base",
            parents={},
            device=prepare_device("float32"),
            domains=(),
            seed=0,
            budget=Budget(train_examples=rows, epochs=1, max_length=combination.length),
            checkpoints=Path(scratch) / "checkpoints",
            checkpoint_minutes=60,
            config_hash="",
            phases=Phases(),
            label="bench",
        )
        start = load_start(context)
        model = method.adapt(start.model, context)
        from harness.training.loops.sft_loop import run_sft

        run_sft(model, start.tokenizer, made_up_rows(rows, combination.length), context=context)
    assert peak.result is not None
    return peak.result.resident_mb


def made_up_rows(rows: int, length: int, *, vocabulary: int = 40000) -> list[Example]:
    """Token ids that differ, with labels at the end of each row."""
    ids = [[10 + (row * length + place) % vocabulary for place in range(length)] for row in range(rows)]
    return [Example(row, [-100] * (length - LABELLED) + row[-LABELLED:], truncated=False) for row in ids]


def recipe_of(project: Project, combination: Combination) -> Recipe:
    """The recipe with the combination's batch."""
    return with_settings(
        project.recipe(combination.recipe),
        per_device_train_batch_size=combination.batch,
        activation_checkpointing=combination.checkpointing,
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(measure_here(Combination(**json.loads(sys.argv[1]))))
    else:
        main()
