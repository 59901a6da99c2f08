"""Count the bytes of live tensors while code runs on fake tensors: how many, of which kind, and the peak."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


@dataclass(frozen=True)
class Moment:
    """The bytes alive at one moment, by kind, and the phase of the training step."""

    phase: str
    total: int
    kinds: dict[str, int] = field(default_factory=dict)


class LiveBytes(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """`with LiveBytes(...) as live:` follows each storage from the operation that makes it until it is freed.

    Args:
        vocabulary: a tensor whose last dimension has this size is counted as logits.
        answer: the value that `.item()` returns for a number, because fake tensors hold no data.
    """

    def __init__(self, *, vocabulary: int, answer: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.vocabulary, self.answer = vocabulary, answer
        self.phase, self.kind = "start", "temporary"
        self.kinds: dict[str, int] = {}
        self.peak = Moment("start", 0)
        self.peaks: dict[str, int] = {}
        self._alive: dict[int, tuple[int, str]] = {}

    @property
    def total(self) -> int:
        """Bytes alive now."""
        return sum(self.kinds.values())

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run one operation and follow the tensors that it returns."""
        if func is torch.ops.aten._local_scalar_dense.default:
            return True if args[0].dtype == torch.bool else self.answer
        result = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor):
                logits = leaf.dim() > 1 and leaf.shape[-1] == self.vocabulary
                self.follow(leaf, "logits" if logits else self.kind)
        return result

    def follow(self, tensor: torch.Tensor, kind: str) -> None:
        """Count the tensor's storage, unless it is counted already."""
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self._alive:
            return
        size = storage.nbytes()
        self._alive[key] = (size, kind)
        self.kinds[kind] = self.kinds.get(kind, 0) + size
        weakref.finalize(storage, self._free, key).atexit = False
        self._note_peak()

    def rename(self, tensor: torch.Tensor, kind: str) -> None:
        """Count the tensor's storage as another kind from now on, such as `gradients`."""
        key = tensor.untyped_storage()._cdata
        size, before = self._alive[key]
        self.kinds[before] -= size
        self.kinds[kind] = self.kinds.get(kind, 0) + size
        self._alive[key] = (size, kind)

    def restart(self) -> None:
        """Forget the peaks so far. Live tensors stay counted."""
        self.peak, self.peaks = Moment("start", 0), {}

    def _free(self, key: int) -> None:
        size, kind = self._alive.pop(key)
        self.kinds[kind] -= size

    def _note_peak(self) -> None:
        total = self.total
        self.peaks[self.phase] = max(total, self.peaks.get(self.phase, 0))
        if total > self.peak.total:
            self.peak = Moment(self.phase, total, {kind: size for kind, size in self.kinds.items() if size})
