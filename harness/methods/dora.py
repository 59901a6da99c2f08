"""DoRA: low-rank updates of the direction of each weight column, and its length besides."""

from __future__ import annotations

from harness.training.peft_lm import PeftLM


class Dora(PeftLM):
    """Weight-decomposed low-rank adaptation (Liu et al. 2024, arXiv 2402.09353).

    What it optimises: cross-entropy of the answer's tokens, over `m (W + (alpha / r) B A) / |W + (alpha / r) B A|` with
        frozen `W`: low-rank matrices and a length `m` per output.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: the memory of LoRA and a little; its steps take longer, as the norm of each updated weight is computed in
        every forward pass. Merged, it answers as fast as the base.
    Use it: at low ranks (4 to 8), where the paper sees it ahead of LoRA.
    Not for: the shortest training time, or a 4-bit base whose weights would have to be unpacked for every norm.
    Related: `peft/lora`, the same without lengths.
    Recipe: `run.peft` takes the arguments of peft.LoraConfig; `use_dora` is set.
    Example: `python -m harness train peft/dora --domain hs_products --seed 0`
    """

    other_bases = ("seq2seq_lm",)
    config_class = "LoraConfig"
    fixed = {"use_dora": True}
    merges = exports_merged = True
