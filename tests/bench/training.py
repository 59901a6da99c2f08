"""`make bench`: the harness's training loop against stock trl SFTTrainer, the same LoRA job, side by side.

Both get the same base model, adapter, texts, batch size, rate and seed. Speed: each as it comes, trl with the defaults
of SFTConfig, from texts to trained weights, in turn. Losses: both in float32 and in the order of the rows, step by
step. Writes reports/bench/training.json and fails where the ratio or the difference are not as promised. About seven
minutes on two cores.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from harness.config.project import Project
from harness.config.recipe import Budget, Recipe
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.measure.device import Device, prepare_device
from harness.measure.phases import Phases
from harness.models.causal_lm import load_folder
from harness.models.encoding.chat import answer_text, render
from harness.models.encoding.text_encoding import CausalEncoding
from harness.runtime.quiet import quiet_libraries
from harness.training.contract import TrainContext

DOMAIN, RECIPE = "hs_products", "peft/lora"
STEPS, ROUNDS = 6, 3
LOSS_STEPS = 4
RATIO = 1.5
"""Times the supervised tokens per second of stock: at least."""
DIFFERENCE = 1e-3
"""By which the loss of a step may differ from stock's: less than this."""


def main() -> None:
    """Measure and write."""
    quiet_libraries()
    project = Project.here()
    device = prepare_device(project.params.precision)
    rounds = [one_round(project, device) for _ in range(ROUNDS)]
    losses = compared_losses(project)
    ratio = statistics.median(each["ours"] / each["stock"] for each in rounds)
    difference = max(abs(a - b) for a, b in zip(losses["ours"], losses["stock"], strict=True))
    result = {
        "what": f"{RECIPE} on {STEPS} steps of {batch_size(project)} items of {DOMAIN}",
        "model": project.params.base_models["causal_lm"].name,
        "device": device.name,
        "precision": {"ours": device.training_precision, "stock": "mixed (trl's default)"},
        "promised": {"ratio": RATIO, "largest_loss_difference": DIFFERENCE},
        "supervised_tokens_per_second": [{name: round(value, 2) for name, value in each.items()} for each in rounds],
        "ratio": round(ratio, 2),
        "losses_in_float32": losses,
        "largest_loss_difference": float(f"{difference:.2g}"),
    }
    path = project.root / "reports/bench/training.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    if ratio < RATIO or difference >= DIFFERENCE:
        sys.exit("training is slower, or gives other losses, than promised")


def one_round(project: Project, device: Device) -> dict[str, float]:
    """Supervised tokens per second of both."""
    rows = questions(project, steps=STEPS)
    speeds = {}
    for name, call in (("stock", stock_run), ("ours", our_run)):
        seconds, _, tokens = call(project, rows, device)
        speeds[name] = tokens / seconds
    return speeds


def compared_losses(project: Project) -> dict[str, list[float]]:
    """Loss of each step of both, in float32 and in one order."""
    from harness.training.loops import sft_loop

    device, rows = prepare_device("float32"), questions(project, steps=LOSS_STEPS)
    stock = stock_run(project, rows, device, bf16=False, train_sampling_strategy="sequential")[1]
    arguments = sft_loop.training_arguments

    def in_order(context: TrainContext, **known: Any) -> Any:
        return replace(arguments(context, **known), train_sampling_strategy="sequential")

    with mock.patch.object(sft_loop, "training_arguments", in_order):
        ours = our_run(project, rows, device)[1]
    return {"stock": stock, "ours": ours}


def questions(project: Project, *, steps: int) -> list[Question]:
    """As many as the steps take."""
    domain = PreparedDomain.open(project.prepared_folder(DOMAIN))
    return domain.questions("classify", "train", limit=steps * batch_size(project))


def batch_size(project: Project) -> int:
    """The recipe's."""
    settings = project.recipe(RECIPE).run.train
    assert settings is not None
    return settings.per_device_train_batch_size


def adapted(project: Project, device: Device) -> tuple[Any, Any]:
    """(model with a fresh adapter, tokenizer); the same numbers every time."""
    import peft
    from transformers import set_seed

    loaded = load_folder(project.base_folder("causal_lm"), device)
    set_seed(0)
    config = peft.LoraConfig(task_type="CAUSAL_LM", **project.recipe(RECIPE).run.peft)
    return peft.get_peft_model(loaded.model, config), loaded.tokenizer


def our_run(project: Project, rows: Sequence[Question], device: Device) -> tuple[float, list[float], int]:
    """(seconds, losses, supervised tokens) of the harness's loop."""
    from harness.training.loops.attention import attention_for_training
    from harness.training.loops.sft_loop import run_sft

    model, tokenizer = adapted(project, device)
    recipe = project.recipe(RECIPE)
    with tempfile.TemporaryDirectory() as folder:
        context = bench_context(project, recipe, device=device, folder=Path(folder), examples=len(rows))
        started = time.perf_counter()
        encoding = CausalEncoding(tokenizer)
        examples = [encoding.example(row, max_length=context.budget.max_length) for row in rows]
        with attention_for_training(model, device):
            outcome = run_sft(model, tokenizer, examples, context=context)
        seconds = time.perf_counter() - started
    tokens = sum(label != -100 for one in examples for label in one.labels)
    return seconds, [point.value for point in outcome.curve if point.name == "loss"], tokens


def bench_context(project: Project, recipe: Recipe, *, device: Device, folder: Path, examples: int) -> TrainContext:
    """What the loop needs to know, without a run around it."""
    budget = project.params.budget
    return TrainContext(
        folder=folder,
        recipe=recipe,
        base=project.base_folder("causal_lm"),
        base_name=None,
        parents={},
        device=device,
        domains=(),
        seed=0,
        budget=Budget(train_examples=examples, epochs=1, max_length=budget.max_length),
        checkpoints=folder / "checkpoints",
        checkpoint_minutes=60,
        config_hash="",
        phases=Phases(),
        label="bench",
    )


def stock_run(
    project: Project, rows: Sequence[Question], device: Device, **changes: Any
) -> tuple[float, list[float], int]:
    """The same of trl's trainer, given texts."""
    from datasets import Dataset
    from transformers import PrinterCallback
    from trl import SFTConfig, SFTTrainer

    model, tokenizer = adapted(project, device)
    settings = project.recipe(RECIPE).run.train
    assert settings is not None
    texts = {
        "prompt": [render(tokenizer, row.prompt) for row in rows],
        "completion": [answer_text(tokenizer, row.answer) for row in rows],
    }
    with tempfile.TemporaryDirectory() as folder:
        arguments = SFTConfig(
            output_dir=folder,
            per_device_train_batch_size=settings.per_device_train_batch_size,
            max_steps=len(rows) // settings.per_device_train_batch_size,
            learning_rate=settings.learning_rate,
            lr_scheduler_type=settings.lr_scheduler_type,
            warmup_steps=settings.warmup_steps,
            weight_decay=settings.weight_decay,
            max_length=project.params.budget.max_length,
            use_cpu=device.kind == "cpu",
            dataloader_pin_memory=device.kind == "cuda",
            seed=0,
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            **changes,
        )
        started = time.perf_counter()
        trainer = SFTTrainer(
            model=model, args=arguments, train_dataset=Dataset.from_dict(texts), processing_class=tokenizer
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
        seconds = time.perf_counter() - started
    losses = [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]
    tokens = sum(label != -100 for labels in trainer.train_dataset["labels"] for label in labels)
    return seconds, losses, tokens


if __name__ == "__main__":
    main()
