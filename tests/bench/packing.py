"""`make bench`: what packing several examples into one row could save here at most.

Packing saves padding. So this counts the padding in the batches that the trainer makes of the real training items:
grouped by length, in random order, and packed into rows of full length (the longest that fits first). Packed rows are
long: without kernels for attention within each example, which CPUs have not, every place pays for its whole row. Both
are put together as multiplications of a forward pass. Nothing is trained: a few seconds. Writes
reports/bench/packing.json, and fails where packing would save enough to be worth a recipe.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from harness.config.project import Project
from harness.items.prepared import PreparedDomain
from harness.models.encoding.text_encoding import CausalEncoding
from harness.runtime.quiet import quiet_libraries

DOMAIN, RECIPE = "hs_products", "peft/lora"
WORTH_IT = 0.05
"""Share of the multiplications that packing would have to save."""


def main() -> None:
    """Count and write."""
    quiet_libraries()
    import torch
    from transformers import AutoConfig
    from transformers.trainer_pt_utils import LengthGroupedSampler

    project = Project.here()
    train, most = project.recipe(RECIPE).run.train, project.params.budget.max_length
    assert train is not None
    batch = train.per_device_train_batch_size * train.gradient_accumulation_steps
    lengths = item_lengths(project)
    seeded = torch.Generator().manual_seed(0)
    grouped = rows_of(
        [lengths[place] for place in LengthGroupedSampler(batch, lengths=lengths, generator=seeded)], batch
    )
    shuffled = rows_of([lengths[place] for place in torch.randperm(len(lengths), generator=seeded).tolist()], batch)
    packed = [most] * len(packs(lengths, most))
    config = AutoConfig.from_pretrained(project.base_folder("causal_lm"), local_files_only=True)
    saved = 1 - multiplications(packed, config) / multiplications(grouped, config)
    result: dict[str, Any] = {
        "what": f"{len(lengths)} training items of {DOMAIN}, batches of {batch}, at most {most} tokens a row",
        "model": project.params.base_models["causal_lm"].name,
        "promised": {"packing_saves_less_than": WORTH_IT},
        "tokens": sum(lengths),
        "shortest": min(lengths),
        "longest": max(lengths),
        "padding": {
            name: round(1 - sum(lengths) / sum(rows), 4)
            for name, rows in (("grouped_by_length", grouped), ("random_order", shuffled), ("packed", packed))
        },
        "multiplications_saved_by_packing": round(saved, 4),
    }
    path = project.root / "reports/bench/packing.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    if saved >= WORTH_IT:
        sys.exit("packing would save more than promised: it might be worth a recipe")


def item_lengths(project: Project) -> list[int]:
    """Tokens of each training item of the budget, as the model reads it."""
    from transformers import AutoTokenizer

    budget = project.params.budget
    tokenizer = AutoTokenizer.from_pretrained(project.base_folder("causal_lm"), local_files_only=True)
    domain = PreparedDomain.open(project.prepared_folder(DOMAIN))
    rows = domain.questions("classify", "train", limit=budget.train_examples)
    encoding = CausalEncoding(tokenizer)
    return [len(encoding.example(row, max_length=budget.max_length).input_ids) for row in rows]


def rows_of(lengths: Sequence[int], batch: int) -> list[int]:
    """Places of each row, padded to the longest of its batch."""
    batches = [lengths[at : at + batch] for at in range(0, len(lengths), batch)]
    return [max(rows) for rows in batches for _ in rows]


def packs(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Items in rows of at most `most` tokens: the longest item first, each into the first row with room."""
    found: list[list[int]] = []
    for length in sorted(lengths, reverse=True):
        row = next((row for row in found if sum(row) + length <= most), None)
        if row is None:
            found.append([length])
        else:
            row.append(length)
    return found


def multiplications(rows: Sequence[int], config: Any) -> int:
    """Of the layers in a forward pass over rows of so many places: weights, and every place with every one of its row.

    Logits are computed at labelled places only, which packing does not change.
    """
    width, kept = config.hidden_size, config.num_key_value_heads / config.num_attention_heads
    weights = width * width * (2 + 2 * kept) + 3 * width * config.intermediate_size
    return int(config.num_hidden_layers * sum(places * weights + 2 * places * places * width for places in rows))


if __name__ == "__main__":
    main()
