"""Peak memory of a block of code: resident memory of the process, and memory allocated and reserved on its GPU."""

from __future__ import annotations

import gc
import os
import sys
import threading
from types import TracebackType

import psutil

from harness.records.run_record import Memory

MB = 1e6
SAMPLE_SECONDS = 0.05


class PeakMemory:
    """Measure a block: `with PeakMemory() as peak: ...`, then read `peak.result`, in MB of 10^6 bytes.

    Linux records the largest resident size itself (VmHWM), and the block starts by resetting it. On other systems a
    thread samples the resident size every 50 ms and may miss shorter peaks.
    """

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._stop = threading.Event()
        self._sampled = 0
        self.result: Memory | None = None
        self.gpu_used = False
        """Whether the block put anything on the GPU. Known after the block."""

    def __enter__(self) -> PeakMemory:
        self._before = self._process.memory_info().rss
        self._exact = _reset_high_water_mark()
        if not self._exact:
            self._thread = threading.Thread(target=self._sample, daemon=True)
            self._thread.start()
        if _cuda_in_use():
            import torch

            torch.cuda.reset_peak_memory_stats()
        self._gpu_before = _gpu_bytes()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._exact:
            peak = _high_water_mark()
        else:
            self._stop.set()
            self._thread.join()
            peak = self._sampled
        allocated = reserved = None
        if _cuda_in_use():
            import torch

            self.gpu_used = torch.cuda.max_memory_allocated() > self._gpu_before
            allocated, reserved = torch.cuda.max_memory_allocated() / MB, torch.cuda.max_memory_reserved() / MB
        self.result = Memory(
            resident_mb=round(peak / MB, 1),
            before_mb=round(self._before / MB, 1),
            cuda_allocated_mb=allocated,
            cuda_reserved_mb=reserved,
        )

    def _sample(self) -> None:
        while True:
            self._sampled = max(self._sampled, self._process.memory_info().rss)
            if self._stop.wait(SAMPLE_SECONDS):
                return


def free_cached_memory() -> None:
    """Return GPU memory that no tensor uses any more to the driver. Without CUDA, do nothing.

    torch keeps freed blocks, and blocks of sizes that one kind of work needs often do not fit the next.
    """
    if _cuda_in_use():
        import torch

        gc.collect()
        torch.cuda.empty_cache()


def _reset_high_water_mark() -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        with open("/proc/self/clear_refs", "w") as file:  # noqa: PTH123 - a kernel interface, not a file
            file.write("5")
    except PermissionError:
        return False
    return True


def _high_water_mark() -> int:
    with open(f"/proc/{os.getpid()}/status") as file:  # noqa: PTH123
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise OSError("the kernel reports no VmHWM")


def _gpu_bytes() -> int:
    """Bytes of all tensors on the GPU now."""
    return int(sys.modules["torch"].cuda.memory_allocated()) if _cuda_in_use() else 0


def _cuda_in_use() -> bool:
    torch = sys.modules.get("torch")  # measuring must not import torch
    return bool(torch and torch.cuda.is_available() and torch.cuda.is_initialized())
