"""A plan is compared and printed in one unit: decimal GB."""

from __future__ import annotations

import pytest

from harness.memory_plan.fits import GB, GPU_GB, gpu_fits, machine_fit


def test_a_peak_of_84_decimal_gb_does_not_fit_80_gb() -> None:
    assert not any(fit.fits for fit in gpu_fits(84 * GB))


@pytest.mark.parametrize("size", GPU_GB)
def test_a_peak_of_exactly_the_size_fits_and_one_byte_more_does_not(size: int) -> None:
    def verdict(peak: int) -> bool:
        (fit,) = [fit for fit in gpu_fits(peak) if fit.where == f"a GPU with {size} GB"]
        return fit.fits

    assert verdict(size * GB)
    assert not verdict(size * GB + 1)


def test_this_machine_is_named_with_its_decimal_gb() -> None:
    fit = machine_fit(1, "cpu")
    assert fit is not None
    assert fit.fits
    assert fit.where == f"this machine's {fit.bytes / 1e9:.1f} GB"
