from __future__ import annotations

import pytest

from harness.measure.memory import PeakMemory, free_cached_memory


def test_the_peak_counts_memory_that_was_freed_again() -> None:
    size = 200_000_000
    with PeakMemory() as peak:
        block = bytearray(size)
        block[::4096] = b"x" * len(block[::4096])
        del block
    assert peak.result is not None
    assert size / 1e6 * 0.9 < peak.result.resident_mb - peak.result.before_mb < size / 1e6 * 1.5


def test_a_second_block_does_not_see_the_peak_of_the_first() -> None:
    with PeakMemory() as first:
        block = bytearray(200_000_000)
        block[::4096] = b"x" * len(block[::4096])
        del block
    with PeakMemory() as second:
        pass
    assert first.result is not None
    assert second.result is not None
    assert second.result.resident_mb < first.result.resident_mb - 100


def test_the_sampling_thread_sees_a_lasting_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr("harness.measure.memory._reset_high_water_mark", lambda: False)
    with PeakMemory() as peak:
        block = bytearray(200_000_000)
        block[::4096] = b"x" * len(block[::4096])
        time.sleep(0.3)
        del block
    assert peak.result is not None
    assert peak.result.resident_mb - peak.result.before_mb > 150


@pytest.mark.parametrize("in_use", [True, False])
def test_cached_memory_is_freed_on_cuda_only(in_use: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    freed: list[bool] = []
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.is_initialized", lambda: in_use)
    monkeypatch.setattr("torch.cuda.empty_cache", lambda: freed.append(True))
    free_cached_memory()
    assert freed == [True] * in_use
