"""Call a function whose failure makes a row of the board, and keep the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from harness.errors import RunFailed

Result = TypeVar("Result")


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
        if "DefaultCPUAllocator" not in str(error):  # torch has no exception of its own for the CPU
            raise
        return None, _out_of_memory(error)


def _out_of_memory(error: BaseException) -> str:
    text = str(error).strip()
    return f"out of memory: {text.splitlines()[0] if text else 'allocation refused'}"
