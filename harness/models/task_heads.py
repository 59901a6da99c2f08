"""A sentence encoder with one linear head per task."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import RunFailed
from harness.measure.device import Device
from harness.models.loaded import LabelClassifier
from harness.models.sentence_encoder import load_encoder

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

ENCODER, WEIGHTS, FACTS = "encoder", "heads.safetensors", "heads.json"
"""The saved files: a folder of sentence-transformers, the weights of the heads, the answers of each head."""

BATCH = 64
"""Texts per batch outside training."""


class TaskHeads(LabelClassifier):
    """The mean of the encoder's last states over a text's tokens, with one linear layer per task on top.

    Weights are in float32 on any device: an encoder is small, and in bfloat16 different answers would get equal scores.
    """

    def __init__(self, encoder: Any, labels: Mapping[str, Sequence[str]], *, max_length: int) -> None:
        """`encoder`: a SentenceTransformer; `labels`: task -> its answers; `max_length`: in tokens.

        Longer texts are cut on the right. The weights of the heads start at random.
        """
        import torch

        self.encoder = encoder
        self.labels = {task: tuple(names) for task, names in labels.items()}
        self.heads = frozenset(self.labels)
        self.max_length = max_length
        width = int(encoder[0].auto_model.config.hidden_size)
        self.layers = torch.nn.ModuleDict(
            {task: torch.nn.Linear(width, len(names)) for task, names in self.labels.items()}
        ).to(encoder.device)

    def parameters(self) -> list[Any]:
        """The parameters of encoder and heads."""
        return [*self.encoder.parameters(), *self.layers.parameters()]

    def logits(self, task: str, texts: Sequence[str]) -> Any:
        """Shape (len(texts), answers of the task), on the model's device; gradients are kept unless switched off."""
        batch = self.encoder.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self.max_length, return_tensors="pt"
        ).to(self.encoder.device)
        states = self.encoder[0].auto_model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
        return self.layers[task]((states * mask).sum(1) / mask.sum(1))

    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """By the head that has the most of the labels; among equals, the head with the fewest further labels.

        Raises:
            RunFailed: no head has any of the labels.
        """
        import numpy as np

        task = max(self.labels, key=lambda name: (len({*labels} & {*self.labels[name]}), -len(self.labels[name])))
        place = {name: column for column, name in enumerate(self.labels[task])}
        if not place.keys() & set(labels):
            raise RunFailed(f"no head of the model ({', '.join(self.labels)}) has any of the answers to choose from")
        known = self.task_log_proba(task, texts)
        least = known.min(axis=1)
        return np.stack([known[:, place[label]] if label in place else least for label in labels], axis=1)

    def task_log_proba(self, task: str, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Log-probabilities of all answers of a task, in the order of its head."""
        import numpy as np
        import torch

        self.encoder.eval()
        rows = [np.zeros((0, len(self.labels[task])))]
        with torch.inference_mode():
            for start in range(0, len(texts), BATCH):
                logits = self.logits(task, texts[start : start + BATCH])
                rows.append(torch.log_softmax(logits.double(), dim=1).cpu().numpy())
        return np.concatenate(rows)

    def cut(self, texts: Sequence[str]) -> int:
        """How many of the texts are longer than the model reads."""
        return sum(size > self.max_length for size in self.lengths(texts))

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text."""
        rows = self.encoder.tokenizer(list(texts), truncation=False, padding=False)["input_ids"] if texts else []
        return [len(row) for row in rows]

    def save(self, folder: Path) -> None:
        """Write encoder and heads as safetensors, and answers and length as JSON."""
        from safetensors.torch import save_file

        self.encoder.save(str(folder / ENCODER), create_model_card=False)
        weights = {name: tensor.contiguous().cpu() for name, tensor in self.layers.state_dict().items()}
        save_file(weights, folder / WEIGHTS)
        facts = {"labels": self.labels, "max_length": self.max_length}
        (folder / FACTS).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def load_heads(folder: Path, device: Device) -> TaskHeads:
    """Load what `TaskHeads.save` wrote.

    Raises:
        DataError: the folder holds no encoder.
    """
    from safetensors.torch import load_file

    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    model = TaskHeads(wide_encoder(folder / ENCODER, device), facts["labels"], max_length=facts["max_length"])
    model.layers.load_state_dict(load_file(folder / WEIGHTS, device=device.kind))
    return model


def wide_encoder(folder: Path, device: Device) -> Any:
    """The SentenceTransformer of a folder, in float32 on the device.

    Raises:
        DataError: the folder holds no encoder.
    """
    return load_encoder(folder, dataclasses.replace(device, dtype="float32")).model
