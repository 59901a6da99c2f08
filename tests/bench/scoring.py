"""`make bench`: the harness's scoring against stock lm-eval HFLM, side by side in one process.

Scores test items of hs_products (21 labels) with the base model, plain, with LoRA and with prefix tuning of random
weights, from texts to log-likelihoods, both ways in turn. Writes the ratio of items per second and the largest
difference of a log-likelihood to reports/bench/scoring.json, and fails where they are not as promised. About eight
minutes on two cores.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from harness.config.project import Project
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel
from harness.runtime.quiet import quiet_libraries

DOMAIN = "hs_products"
ITEMS = 24
ROUNDS = 3
RATIO = 5.0
"""Times the items per second of stock: at least."""
DIFFERENCE = 1e-3
"""Nats by which a log-likelihood may differ from stock's: less than this."""


def main() -> None:
    """Measure and write."""
    quiet_libraries()
    project = Project.here()
    device = prepare_device(project.params.precision)
    batch_size = project.params.scoring.batch_size
    loaded = load_folder(project.base_folder("causal_lm"), device)
    questions = PreparedDomain.open(project.prepared_folder(DOMAIN)).questions("classify", "test", limit=ITEMS)
    models = {"plain": side_by_side(loaded, questions, batch_size=batch_size)}
    for name, config in adapters(project).items():
        base = load_folder(project.base_folder("causal_lm"), device)
        models[name] = side_by_side(adapted(base, config), questions, batch_size=batch_size)
    result = {
        "what": f"{ITEMS} items of {DOMAIN}, {len(questions[0].choices)} labels each, batch size {batch_size}",
        "model": project.params.base_models["causal_lm"].name,
        "device": device.name,
        "rounds": ROUNDS,
        "promised": {"ratio": RATIO, "largest_difference_nats": DIFFERENCE},
        "models": models,
    }
    path = project.root / "reports/bench/scoring.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    if any(one["ratio"] < RATIO or one["largest_difference_nats"] >= DIFFERENCE for one in models.values()):
        sys.exit("scoring is slower, or less exact, than promised")


def adapters(project: Project) -> dict[str, Any]:
    """LoRA as in the recipe peft/lora, and keys and values of 16 virtual tokens before every layer."""
    import peft

    lora = peft.LoraConfig(task_type="CAUSAL_LM", init_lora_weights=False, **project.recipe("peft/lora").run.peft)
    return {"lora": lora, "prefix": peft.PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=16)}


def adapted(base: LanguageModel, config: Any) -> LanguageModel:
    """All weights of the adapter are random, so that it changes every output."""
    import peft
    import torch

    torch.manual_seed(0)
    return LanguageModel(peft.get_peft_model(base.model, config).eval(), base.tokenizer)


def side_by_side(loaded: LanguageModel, questions: Sequence[Question], *, batch_size: int) -> dict[str, Any]:
    """Items per second of both ways, and how far they are apart."""
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    from harness.models.encoding.chat import choice_texts

    stock = HFLM(
        pretrained=loaded.model,
        tokenizer=loaded.tokenizer,
        batch_size=batch_size,
        add_bos_token=False,
        device=str(loaded.model.device),
    )
    pairs = [
        (loaded.prompt(question, view="classify"), text)
        for question in questions
        for text in choice_texts(loaded.tokenizer, question.choices)
    ]
    requests = [Instance("loglikelihood", doc={}, arguments=pair, idx=place) for place, pair in enumerate(pairs)]
    # the check of the fast way against the plain way, once per model, is not timed
    loaded.shares_up_to = max(len(loaded.tokenizer(prompt).input_ids) for prompt, _ in pairs)
    speeds: dict[str, list[float]] = {"stock": [], "ours": []}
    difference = 0.0
    for _ in range(ROUNDS):
        model = replace(loaded)  # a copy whose tokenizer has not encoded these texts yet
        seconds, fast = timed(partial(scored, model, questions, batch_size=batch_size))
        speeds["ours"].append(len(questions) / seconds)
        seconds, slow = timed(lambda: stock.loglikelihood(requests, disable_tqdm=True))
        speeds["stock"].append(len(questions) / seconds)
        difference = max(difference, *(abs(a[0] - b[0]) for a, b in zip(fast, slow, strict=True)))
    return {
        "items_per_second": {name: round(statistics.median(rounds), 3) for name, rounds in speeds.items()},
        "ratio": round(statistics.median(a / b for a, b in zip(speeds["ours"], speeds["stock"], strict=True)), 2),
        "largest_difference_nats": float(f"{difference:.2g}"),
    }


def scored(loaded: LanguageModel, questions: Sequence[Question], *, batch_size: int) -> list[tuple[float, bool]]:
    """Our way, from the questions to the log-likelihoods of all their choices."""
    from harness.scoring.likelihood.continuations import continuation_loglikelihoods

    asked = [loaded.encode_choices(question, view="classify") for question in questions]
    found = continuation_loglikelihoods(loaded, asked, batch_size=batch_size, label="bench")
    return [one for row in found.rows for one in row]


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds, result)."""
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    main()
