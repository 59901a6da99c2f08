import pytest

from harness.errors import RunFailed
from harness.training.refusals.attempt import OUT_OF_MEMORY, attempt


def failing(error: BaseException) -> None:
    raise error


def test_a_result_has_no_reason() -> None:
    assert attempt(lambda: 3) == (3, None)


def test_a_failed_run_keeps_its_reason() -> None:
    assert attempt(lambda: failing(RunFailed("diverged"))) == (None, "diverged")


def test_memory_that_the_cpu_refuses_is_a_reason() -> None:
    import torch

    result, reason = attempt(lambda: torch.empty(2**45))
    assert result is None
    assert reason is not None
    assert reason.startswith("out of memory: ")


def test_memory_that_python_refuses_is_a_reason() -> None:
    assert attempt(lambda: failing(MemoryError())) == (None, "out of memory: allocation refused")


@pytest.mark.parametrize("error", [RuntimeError("size mismatch"), ValueError("x"), KeyboardInterrupt()])
def test_anything_else_goes_up(error: BaseException) -> None:
    with pytest.raises(type(error)):
        attempt(lambda: failing(error))


@pytest.mark.parametrize(
    "message",
    [
        "CUDA error: out of memory\nCompile with TORCH_USE_CUDA_DSA",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling",
    ],
)
def test_memory_that_cuda_refuses_outside_torchs_allocator_is_a_reason(message: str) -> None:
    reason = attempt(lambda: failing(RuntimeError(message)))[1]
    assert reason == f"{OUT_OF_MEMORY}{message.splitlines()[0]}"
