"""A sentence encoder with a linear head per task. The head whose labels are asked for answers."""

from __future__ import annotations

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
"""Names of what is saved: the sentence-transformers folder, the heads' weights, and the labels of each head."""

BATCH = 64
"""Texts per batch when nothing is trained."""


class TaskHeads(LabelClassifier):
    """The mean of the encoder's last hidden states over a text's tokens, and one linear layer per task on top.

    Weights are float32 on any device: an encoder is small, and bfloat16 would produce ties.
    """

    def __init__(self, encoder: Any, labels: Mapping[str, Sequence[str]], *, max_length: int) -> None:
        """Put heads with random weights on a SentenceTransformer.

        `labels`: task -> its answers. `max_length`: tokens; longer texts are cut on the right.
        """
        import torch

        self.encoder = encoder
        self.encoder.max_seq_length = max_length
        self.labels = {task: tuple(names) for task, names in labels.items()}
        self.heads = frozenset(self.labels)
        self.max_length = max_length
        width = int(encoder[0].auto_model.config.hidden_size)
        self.layers = torch.nn.ModuleDict(
            {task: torch.nn.Linear(width, len(names)) for task, names in self.labels.items()}
        ).to(encoder.device)

    def parameters(self) -> list[Any]:
        """All weights: those of the encoder and of the heads."""
        return [*self.encoder.parameters(), *self.layers.parameters()]

    @property
    def learnt_labels(self) -> frozenset[str]:
        """The answers of all heads."""
        return frozenset(name for names in self.labels.values() for name in names)

    def log_proba(self, texts: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.float64]:
        """Log-probabilities by the head that shares most labels with `labels`; among equals, the smallest head.

        Raises:
            RunFailed: no head knows any of the labels.
        """
        import numpy as np

        task = max(self.labels, key=lambda name: (len({*labels} & {*self.labels[name]}), -len(self.labels[name])))
        place = {name: column for column, name in enumerate(self.labels[task])}
        if not place.keys() & set(labels):
            raise RunFailed(f"no head of the model ({', '.join(self.labels)}) knows the answers that are asked for")
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
                logits = self._logits(task, texts[start : start + BATCH])
                rows.append(torch.log_softmax(logits.double(), dim=1).cpu().numpy())
        return np.concatenate(rows)

    def _logits(self, task: str, texts: Sequence[str]) -> Any:
        """Shape (len(texts), answers of the task), on the model's device."""
        features = self.encoder.preprocess(list(texts))
        on_device = {name: value.to(self.encoder.device) for name, value in features.items() if hasattr(value, "to")}
        return self.layers[task](mean_of_states(self.encoder({**features, **on_device})))

    def cut(self, texts: Sequence[str]) -> int:
        """How many of the texts are longer than `max_length`."""
        return sum(size > self.max_length for size in self.lengths(texts))

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Number of tokens of each text."""
        rows = self.encoder.tokenizer(list(texts), truncation=False, padding=False)["input_ids"] if texts else []
        return [len(row) for row in rows]

    def save(self, folder: Path) -> None:
        """Write encoder and heads as safetensors, the rest as JSON."""
        self.encoder.save(str(folder / ENCODER), create_model_card=False)
        self.save_layers(folder / WEIGHTS)
        facts = {"labels": self.labels, "max_length": self.max_length}
        (folder / FACTS).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def save_layers(self, path: Path) -> None:
        """Write the heads' weights."""
        from safetensors.torch import save_file

        save_file({name: tensor.contiguous().cpu() for name, tensor in self.layers.state_dict().items()}, path)

    def load_layers(self, path: Path) -> None:
        """Replace the heads' weights by those that `save_layers` wrote."""
        from safetensors.torch import load_file

        self.layers.load_state_dict(load_file(path))


def mean_of_states(outputs: Mapping[str, Any]) -> Any:
    """Mean of the last hidden states over a text's tokens, shape (texts, width), with gradients where they are kept.

    `outputs`: what a SentenceTransformer returns. Its own `sentence_embedding` may be scaled to length 1, which would
    limit the logits of a linear head.
    """
    states = outputs["token_embeddings"]
    mask = outputs["attention_mask"].unsqueeze(-1).to(states.dtype)
    return (states * mask).sum(1) / mask.sum(1)


def load_heads(folder: Path, device: Device) -> TaskHeads:
    """Load what `TaskHeads.save` wrote.

    Raises:
        DataError: the encoder is missing.
    """
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    model = TaskHeads(wide_encoder(folder / ENCODER, device), facts["labels"], max_length=facts["max_length"])
    model.load_layers(folder / WEIGHTS)
    return model


def wide_encoder(folder: Path, device: Device) -> Any:
    """The SentenceTransformer of a folder in float32 on the device.

    Raises:
        DataError: the folder holds none.
    """
    return load_encoder(folder, device.in_float32()).model
