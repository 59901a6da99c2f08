"""Run something that may fail for a reason of its own, and keep the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from harness.errors import RunFailed

Result = TypeVar("Result")


def attempt(call: Callable[[], Result]) -> tuple[Result | None, str | None]:
    """(result, None), or (None, reason) after a failed run or when memory ran out; anything else is a bug and goes up.

    A process that the kernel kills for its memory cannot tell; DVC then reports a failed stage.
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
