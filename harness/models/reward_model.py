"""A model that gives a number to an answer: higher is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from harness.models.encoding.padding import pad_apart_from_end
from harness.models.loaded import REWARDS, LoadedModel

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass
class RewardModel(LoadedModel):
    """A language model's body with a head that reads one number at the answer's end token."""

    abilities: ClassVar[frozenset[str]] = frozenset({REWARDS})
    model: Any
    """A sequence classification model of transformers with one label; its head has a bias that centres the rewards."""
    tokenizer: Any
    """It pads with another token than the end token (`pad_apart_from_end`)."""

    def __post_init__(self) -> None:
        """The model finds the end token as the last one that is no padding."""
        self.model.config.pad_token_id = pad_apart_from_end(self.tokenizer)

    def rewards(self, sequences: Sequence[Sequence[int]], *, batch_size: int = 16) -> npt.NDArray[np.float64]:
        """The reward of each prompt with its answer, as token ids that end with the end token; shape (len(sequences),).

        Longest first, so that what lies in one batch is about equally long.
        """
        import numpy as np
        import torch

        found = np.zeros(len(sequences))
        order = sorted(range(len(sequences)), key=lambda place: (-len(sequences[place]), place))
        self.model.eval()
        with torch.inference_mode():
            for start in range(0, len(order), batch_size):
                places = order[start : start + batch_size]
                rows = [list(sequences[place]) for place in places]
                width = max(map(len, rows))
                pad = self.tokenizer.pad_token_id
                ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows], device=self.model.device)
                mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=ids.device)
                found[places] = self.model(input_ids=ids, attention_mask=mask).logits[:, 0].float().cpu().numpy()
        return found


def as_reward_model(language_model: Any) -> Any:
    """A sequence classification model with the language model's body and a head of zeros, with a bias.

    The head of transformers has no bias. With one, the rewards can be centred (`centre`), and every library that calls
    the head sees the centred rewards.
    """
    import torch
    from transformers import AutoModelForSequenceClassification

    config = type(language_model.config).from_dict({**language_model.config.to_dict(), "num_labels": 1})
    model = AutoModelForSequenceClassification.from_config(config, dtype=language_model.dtype)
    body = getattr(language_model, language_model.base_model_prefix)
    getattr(model, model.base_model_prefix).load_state_dict(body.state_dict())
    head = torch.nn.Linear(model.score.in_features, 1, bias=True, dtype=language_model.dtype)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    model.score = head
    return model.to(language_model.device)


def centre(model: Any, rewards: npt.NDArray[np.float64]) -> float:
    """Move the head's bias so that the given rewards would have the mean 0; the mean that they have now."""
    import torch

    mean = float(rewards.mean())
    head = getattr(model.score, "modules_to_save", {"default": model.score})["default"]
    with torch.no_grad():
        head.bias -= mean
    return mean
