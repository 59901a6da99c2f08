"""`make bench`: the harness's scoring against stock lm-eval HFLM, side by side in one process.

Scores test items of hs_products (21 labels) with the base model both ways, alternating, and writes the ratio of
items per second with the largest difference of a log-likelihood to reports/bench/scoring.json.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from harness.config.project import Project
from harness.domains.prepared import PreparedDomain
from harness.measure.device import detect_device
from harness.models.causal_lm import load_folder
from harness.pipeline.quiet import quiet_libraries

DOMAIN = "hs_products"
ITEMS = 32
ROUNDS = 3


def main() -> None:
    """Measure and write."""
    quiet_libraries()
    from lm_eval.models.huggingface import HFLM

    from harness.scoring.lm_eval_models import TreeLM

    project = Project.here()
    device = detect_device(project.params.precision)
    batch_size = project.params.scoring.batch_size
    loaded = load_folder(project.base_folder("causal_lm"), device)
    questions = PreparedDomain.open(project.prepared_folder(DOMAIN)).questions("classify", "test", limit=ITEMS)
    model = TreeLM(loaded, batch_size=batch_size, label="bench")
    requests: list[Any] = []
    for question in questions:
        prompt = loaded.prompt(question, view="classify")
        requests += [((prompt, choice), *model._encode_pair(prompt, choice)) for choice in question.choices]
    model.shares = True  # the check of the first prompt is no part of either way
    ours: list[float] = []
    stock: list[float] = []
    difference = 0.0
    for _ in range(ROUNDS):
        seconds, fast = timed(lambda: model._loglikelihood_tokens(requests))
        ours.append(len(questions) / seconds)
        seconds, slow = timed(lambda: HFLM._loglikelihood_tokens(model, requests, disable_tqdm=True))
        stock.append(len(questions) / seconds)
        difference = max(difference, *(abs(a[0] - b[0]) for a, b in zip(fast, slow, strict=True)))
    result = {
        "what": f"{ITEMS} items of {DOMAIN}, {len(questions[0].choices)} labels each, batch size {batch_size}",
        "model": project.params.base_models["causal_lm"].name,
        "device": device.name,
        "rounds": ROUNDS,
        "items_per_second": {"stock": round(statistics.median(stock), 3), "ours": round(statistics.median(ours), 3)},
        "ratio": round(statistics.median(a / b for a, b in zip(ours, stock, strict=True)), 2),
        "largest_difference_nats": float(f"{difference:.2g}"),
    }
    path = project.root / "reports/bench/scoring.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds, result)."""
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    main()
