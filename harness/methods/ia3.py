"""IA3: one learned factor for each key, value and inner feed-forward activation."""

from __future__ import annotations

from harness.training.adapters.peft_lm import PeftLM


class Ia3(PeftLM):
    """Infused adapter by inhibiting and amplifying inner activations (Liu et al. 2022, arXiv 2205.05638).

    What it optimises: cross-entropy of the answer's tokens, over one factor per output of the key and value layers and
        per input of the last feed-forward layer. All factors start at 1.
    Data: `classify` questions as prompt and answer, in the base model's chat format.
    Cost: some ten thousand parameters, a few hundred kilobytes beside the tokenizer's files. Memory holds the base's
        weights and the activations.
    Use it: for many domains on one base, or with few examples.
    Not for: tasks far from what the base can do: factors only strengthen or weaken existing activations. It needs
        learning rates about ten times those of LoRA.
    Related: `peft/lora` learns more per layer; `peft/prompt_tuning` is as small.
    Recipe: `run.peft` takes the arguments of peft.IA3Config. Without `target_modules`, peft chooses them for the model.
    Example: `python -m harness train peft/ia3 --domain hs_products --seed 0`
    """

    other_bases = ("seq2seq_lm",)
    config_class = "IA3Config"
    merges = True
