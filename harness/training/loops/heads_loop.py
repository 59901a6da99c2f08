"""The training loop of `heads`: batches of one task each, in mixed order, through a shared encoder."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from harness.errors import RunFailed
from harness.models.task_heads import TaskHeads
from harness.runtime.progress import Progress
from harness.training.contract import TrainContext
from harness.training.lesson import Lesson

CURVE_POINTS = 40
"""At most about this many logged points per run."""


def fit_heads(model: TaskHeads, lessons: Sequence[Lesson], *, context: TrainContext) -> list[dict[str, float]]:
    """Train encoder and heads in place; gives the logged curve, whose last entry is of the last step.

    Raises:
        RunFailed: the loss is not a number.
    """
    import torch

    settings = context.settings
    per_epoch = len(task_batches(lessons, size=settings.per_device_train_batch_size, seed=0))
    total = max(math.ceil(per_epoch * context.budget.epochs), 1)
    optimizer = torch.optim.AdamW(model.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    schedule = _schedule(optimizer, context, total=total)
    half = context.device.training_precision != "float32"  # autocast: weights stay float32
    every, curve, losses = max(total // CURVE_POINTS, 1), [], []
    model.encoder.train()
    with Progress(f"train {context.label}", total=total) as progress, context.phases("train"):
        for step, (task, batch) in enumerate(_batches(lessons, total, context), start=1):
            with torch.autocast(context.device.kind, torch.bfloat16, enabled=half):
                logits = model.logits(task, [one.question.text for one in batch])
            place = {label: column for column, label in enumerate(model.labels[task])}
            wanted = torch.tensor([place[one.question.answer] for one in batch], device=logits.device)
            loss = torch.nn.functional.cross_entropy(logits.float(), wanted)
            losses.append(loss.item())
            if not math.isfinite(losses[-1]):
                raise RunFailed(f"diverged: the loss became {losses[-1]} at step {step}")
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), settings.max_grad_norm)
            rate = schedule.get_last_lr()[0]
            optimizer.step()
            schedule.step()
            progress.advance(1, note=f"loss {losses[-1]:.3f}")
            if step % every == 0 or step == total:
                mean, losses = sum(losses) / len(losses), []
                known = {"loss": mean, "learning_rate": rate, "grad_norm": float(norm)}
                curve.append({"step": float(step), "epoch": step / per_epoch, **known})
    return curve


def _schedule(optimizer: Any, context: TrainContext, *, total: int) -> Any:
    """As the trainer of the language models has it."""
    from transformers import get_scheduler

    warmup = context.settings.warmup_steps
    steps = 0 if total == 1 else int(warmup) if warmup >= 1 else math.ceil(total * warmup)
    return get_scheduler(
        context.settings.lr_scheduler_type, optimizer, num_warmup_steps=steps, num_training_steps=total
    )


def task_batches(lessons: Sequence[Lesson], *, size: int, seed: int) -> list[tuple[str, list[Lesson]]]:
    """One epoch: every lesson once, in batches that each hold one task, tasks in random order (MT-DNN, algorithm 1)."""
    rng = random.Random(seed)
    by_task: dict[str, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        by_task[lesson.task].append(lesson)
    batches = []
    for task, rows in by_task.items():
        shuffled = rng.sample(rows, len(rows))
        batches += [(task, shuffled[start : start + size]) for start in range(0, len(rows), size)]
    rng.shuffle(batches)
    return batches


def _batches(lessons: Sequence[Lesson], total: int, context: TrainContext) -> Iterator[tuple[str, list[Lesson]]]:
    """`total` batches, epoch after epoch, each in an order of its own."""
    size, given, epoch = context.settings.per_device_train_batch_size, 0, 0
    while True:
        for batch in task_batches(lessons, size=size, seed=context.seed * 1_000_003 + epoch):
            if given == total:
                return
            given += 1
            yield batch
        epoch += 1
