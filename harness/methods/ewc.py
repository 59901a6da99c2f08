"""Elastic weight consolidation: weights that mattered to earlier domains move less."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from harness.models.encoding.encoded import Example
from harness.training.continual_lm import StepwiseLM, previous_step
from harness.training.contract import TrainContext
from harness.training.method_options import MethodOptions

if TYPE_CHECKING:
    from harness.training.loops.run_trainer import Outcome

FISHER = "fisher.safetensors"
"""How much each weight of the adapter matters to the domains so far, and where it stood after the last of them."""


class EWCOptions(MethodOptions):
    """How strongly weights are held, and by how many examples their importance is judged."""

    ewc_lambda: float = Field(default=100.0, gt=0)
    """Strength of the penalty (lambda in the paper)."""
    fisher_examples: int = Field(default=64, ge=1)
    """Training examples of a domain whose gradients are squared."""


class EWC(StepwiseLM):
    """Elastic weight consolidation (Kirkpatrick et al. 2017, arXiv 1612.00796) of one adapter.

    What it optimises: cross-entropy of the new domain's answers, plus lambda / 2 times the sum, over the adapter's
        weights, of importance times the squared distance from where the weight stood.
    Data: the new domain's questions. Importance is the mean squared gradient of single examples (the diagonal of the
        empirical Fisher matrix), added up over the domains.
    Cost: that of `continual/naive`, a pass with gradients over `fisher_examples` single examples, and twice the adapter
        on disk.
    Use it: where earlier data cannot be kept.
    Not for: a first choice: replay of a few examples is simpler and usually keeps more.
    Related: `continual/replay_10`, `continual/naive`.
    Options: `ewc_lambda`, `fisher_examples`.
    Example: `python -m harness train continual/ewc --domain hs_products --domain icd10 --seed 0`
    """

    options_model = EWCOptions

    def fit(self, model: Any, tokenizer: Any, examples: Sequence[Example], context: TrainContext) -> Outcome:
        """Train with the penalty, then measure and keep the importance for the next step.

        Raises:
            RunFailed: the loss is not finite, or a library refuses the settings.
        """
        from harness.training.loops.sft_loop import run_sft

        options, before = EWCOptions.of(context.recipe), previous_step(context)
        known = _read(before.folder / FISHER, model) if before is not None else None
        penalty = None if known is None else penalty_of(model, known, strength=options.ewc_lambda)
        outcome = run_sft(model, tokenizer, examples, context=context, penalty=penalty)
        with context.phases("fisher"):
            importance = fisher_of(model, examples[: options.fisher_examples])
        if known is not None:
            importance = {name: importance[name] + known[0][name] for name in importance}
        _write(context.folder / FISHER, model, importance)
        return outcome


Importance = Mapping[str, Any]
"""Name of a trained weight -> tensor of its shape."""


def penalty_of(model: Any, known: tuple[Importance, Importance], *, strength: float) -> Callable[[], Any]:
    """A function that gives the penalty for where the model's weights stand when it is called.

    `known`: importance, and the weights' places after the step before. The places are copies: weights that learn must
    not move their own anchor.
    """
    importance, anchor = known
    weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}

    def penalty() -> Any:
        return strength / 2 * sum((importance[name] * (weights[name] - anchor[name]) ** 2).sum() for name in weights)

    return penalty


def fisher_of(model: Any, examples: Sequence[Example]) -> dict[str, Any]:
    """Mean over the examples of the squared gradient of the answer's log-likelihood, for each weight that learns."""
    import torch

    weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    found = {name: torch.zeros_like(weight) for name, weight in weights.items()}
    model.eval()
    for example in examples:
        model.zero_grad()
        labels = torch.tensor([example.labels], device=model.device)
        loss = model(input_ids=torch.tensor([example.input_ids], device=model.device), labels=labels).loss
        (loss * len(example.answer)).backward()  # the library's loss is a mean over tokens
        for name, weight in weights.items():
            if weight.grad is not None:
                found[name] += weight.grad.detach() ** 2 / len(examples)
    model.zero_grad()
    return found


def _write(path: Path, model: Any, importance: Importance) -> None:
    from safetensors.torch import save_file

    weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    tensors = {f"fisher/{name}": value for name, value in importance.items()}
    tensors |= {f"anchor/{name}": weight.detach() for name, weight in weights.items()}
    save_file({name: value.float().cpu().contiguous() for name, value in tensors.items()}, path)


def _read(path: Path, model: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from safetensors.torch import load_file

    parts: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for name, value in load_file(path, device=str(model.device)).items():
        kind, _, weight = name.partition("/")
        parts[kind == "anchor"][weight] = value
    return parts
