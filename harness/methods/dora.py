"""DoRA: low-rank updates of the direction of each weight column, and a learned length for it."""

from __future__ import annotations

from harness.training.adapters.peft_lm import PeftLM


class Dora(PeftLM):
    """Weight-decomposed low-rank adaptation (Liu et al. 2024, arXiv 2402.09353).

    What it optimises: cross-entropy of the answer's tokens, over `m (W + (alpha / r) B A) / |W + (alpha / r) B A|` with
        frozen `W`: low-rank matrices, and a length `m` for each output.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: slightly more memory than LoRA. Its steps take longer, because every forward pass computes the norm of each
        updated weight. Once merged, it answers as fast as the base.
    Use it: at low ranks (4 to 8), where the paper reports better results than LoRA.
    Not for: the shortest training time, or a 4-bit base, whose weights would have to be unpacked for every norm.
    Related: `peft/lora`, the same without lengths.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig, except `use_dora`, which this method sets.
    Example: `python -m harness train peft/dora --domain hs_products --seed 0`
    """

    other_bases = ("seq2seq_lm",)
    config_class = "LoraConfig"
    fixed = {"use_dora": True}
    merges = True
