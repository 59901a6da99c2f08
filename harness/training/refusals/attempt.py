"""Call a function whose failure makes a row of the board, and keep the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from harness.errors import RunFailed

Result = TypeVar("Result")

OUT_OF_MEMORY = "out of memory: "
"""Beginning of the reason; one line of the library's message follows."""
ALLOCATION_ERRORS = ("DefaultCPUAllocator", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED")
"""Parts of the messages of plain RuntimeErrors about memory: of torch's CPU allocator, of CUDA outside torch's
allocator, and of cuBLAS."""


def attempt(call: Callable[[], Result]) -> tuple[Result | None, str | None]:
    """(result, None), or (None, reason) after RunFailed or when memory runs out. Other errors are bugs and are raised.

    If the kernel kills the process because memory runs out, no reason is kept, and DVC reports a failed stage.
    """
    import torch

    try:
        return call(), None
    except RunFailed as error:
        return None, error.what
    except (torch.OutOfMemoryError, MemoryError) as error:
        return None, _out_of_memory(error)
    except RuntimeError as error:
        if not any(part in str(error) for part in ALLOCATION_ERRORS):
            raise
        return None, _out_of_memory(error)


def _out_of_memory(error: BaseException) -> str:
    text = str(error).strip()
    return OUT_OF_MEMORY + (text.splitlines()[0] if text else "allocation refused")
