"""Checks of scoring on a GPU: likelihoods against a CPU's, merged and reloaded adapters, every suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.measure.device import Device
from harness.models.loaded import LanguageModel
from tests.bench.gpu_setting import DOMAIN, Outcome, Setting

ITEMS, BATCH = 24, 8
FLOAT32_DIFFERENCE = 1e-3
"""Nats by which a log-likelihood in float32 may differ between devices, and between a merged adapter and its layers."""
NARROW_DIFFERENCE = 0.5
"""Nats by which one with bfloat16 weights may differ from float32 (TOLERANCE_BFLOAT16 of the likelihoods)."""
RELOADED_DIFFERENCE = 1e-4
"""Nats between two loads of the same weights: kernels of a GPU may add in another order."""

Rows = list[list[float]]


def agree_with_the_cpu(setting: Setting) -> Outcome:
    """The base's likelihoods on this device against float32 on the CPU, and no exact ties among best choices."""
    cpu = Device("cpu", "CPU", threads=setting.device.threads, dtype="float32")
    expected, wide, narrow = (
        likelihoods(setting, base(setting, device)) for device in (cpu, setting.device.in_float32(), setting.device)
    )
    figures = {
        "float32_difference": difference(wide, expected),
        "narrow_difference": difference(narrow, expected),
        "ties": sum(row.count(max(row)) > 1 for row in narrow),
        "same_answers": sum(best(one) == best(other) for one, other in zip(narrow, expected, strict=True)),
        "items": len(expected),
    }
    limits = {"float32_difference": FLOAT32_DIFFERENCE, "narrow_difference": NARROW_DIFFERENCE, "ties": 0}
    return Outcome(all(figures[name] <= limit for name, limit in limits.items()), figures, limits)


def survive_merging_and_reloading(setting: Setting) -> Outcome:
    """A LoRA adapter in float32: merged, loaded again and not merged, it gives the same answers."""
    from harness.methods.lora import Lora
    from harness.training.train import load_context, train

    key = setting.key("peft/lora")
    train(setting.project, key)
    context = load_context(setting.project, key, device=setting.device.in_float32())
    merged, again, apart = (
        likelihoods(setting, load(context)) for load in (Lora().load, Lora().load, Lora().load_unmerged)
    )
    figures = {
        "merged_difference": difference(merged, apart),
        "reloaded_difference": difference(merged, again),
        "other_answers": sum(best(one) != best(other) for one, other in zip(merged, apart, strict=True)),
    }
    limits = {"merged_difference": FLOAT32_DIFFERENCE, "reloaded_difference": RELOADED_DIFFERENCE, "other_answers": 0}
    return Outcome(all(figures[name] <= limit for name, limit in limits.items()), figures, limits)


def score_every_suite(setting: Setting) -> Outcome:
    """The verb `score` on a trained run: no suite fails, and the time of an answer is measured."""
    from harness.scoring.score import score
    from harness.training.train import train

    key = setting.key("peft/lora")
    train(setting.project, key)
    record = score(setting.project, key)
    scored = [suite.suite for suite in record.suites if suite.metrics]
    figures = {
        "status": record.status,
        "scored": scored,
        "reasons": {suite.suite: suite.reason for suite in record.suites if suite.reason},
        "seconds": record.cost.seconds if record.cost else None,
        "first_token_ms": record.latency.first_token_ms if record.latency else None,
        "memory": record.memory.model_dump() if record.memory else None,
    }
    limits = {"status": "ok", "scored": ["classification", "claims"]}
    passed = all(figures[name] == limit for name, limit in limits.items()) and record.latency is not None
    return Outcome(passed, figures, limits)


def base(setting: Setting, device: Device) -> LanguageModel:
    """The base model on a device."""
    from harness.models.causal_lm import load_folder

    return load_folder(setting.base_folder, device)


def likelihoods(setting: Setting, model: LanguageModel) -> Rows:
    """Nats of every label of every test item."""
    from harness.scoring.likelihood.continuations import continuation_loglikelihoods

    asked = [model.encode_choices(question, view="classify") for question in questions(setting)]
    found = continuation_loglikelihoods(replace(model), asked, batch_size=BATCH, label="likelihoods")
    return [[value for value, _ in row] for row in found.rows]


def questions(setting: Setting) -> Sequence[Question]:
    """Test items of the small project."""
    domain = PreparedDomain.open(setting.project.prepared_folder(DOMAIN))
    return domain.questions("classify", "test", limit=ITEMS)


def difference(one: Rows, other: Rows) -> float:
    """Largest difference of a log-likelihood, in nats."""
    return max(abs(a - b) for row, also in zip(one, other, strict=True) for a, b in zip(row, also, strict=True))


def best(row: Sequence[float]) -> int:
    """Place of the likeliest choice."""
    return max(range(len(row)), key=row.__getitem__)
