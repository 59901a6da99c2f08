"""Which loop trains the models of a base role on solved examples.

Import this module only to train: it loads torch, transformers and trl.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from harness.models.encoding.encoded import Example
from harness.training.contract import TrainContext
from harness.training.loops.run_trainer import Outcome
from harness.training.loops.seq2seq_loop import run_seq2seq
from harness.training.loops.sft_loop import run_sft


class SupervisedLoop(Protocol):
    """Train a model in place on tokenised examples."""

    def __call__(self, model: Any, tokenizer: Any, examples: Sequence[Example], *, context: TrainContext) -> Outcome:
        """Raises RunFailed if the loss is not finite or a library refuses the settings."""


LOOPS: Mapping[str, SupervisedLoop] = {"causal_lm": run_sft, "seq2seq_lm": run_seq2seq}
"""Base role -> its loop."""
