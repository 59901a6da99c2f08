"""Which prompts go through a model together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Entry = TypeVar("Entry")


def batches(entries: Sequence[Entry], *, batch_size: int, alone: Callable[[Entry], bool]) -> Iterator[list[Entry]]:
    """Consecutive entries, at most `batch_size` in a batch. An entry for which `alone` is true has a batch of its own,
    such as a prompt with a picture, whose tensors cannot be stacked with those of others."""
    batch: list[Entry] = []
    for entry in entries:
        if batch and (len(batch) == batch_size or alone(entry) or alone(batch[0])):
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch
