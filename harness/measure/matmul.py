"""Choose the library that multiplies float32 matrices on a CPU.

torch comes with two, Intel's MKL and oneDNN, and uses MKL. MKL is not the faster one everywhere: on two cores of an AMD
EPYC with AVX-512, the matrix products of SmolLM2-135M's layers ran at about 190 GFLOP/s with MKL and mostly at 390 to
450 GFLOP/s with oneDNN.

torch has a setting that gives float32 products to oneDNN, but the setting also permits oneDNN to round to bfloat16
(https://docs.pytorch.org/docs/stable/notes/mkldnn.html). Whether oneDNN rounds depends on the processor; on that EPYC
it does not. So the setting is tried on a few products, and kept only if the results are as exact as float32.
"""

from __future__ import annotations

EXACT = 1e-5
"""Largest error that counts as exact, as a share of the product's largest value. The factors are standard normal
numbers. For the shapes below, float32 has errors of up to 1e-6, and factors rounded to bfloat16 have errors of 3e-3."""

SHAPES = ((4, 576, 192), (512, 256, 512), (1024, 576, 1536))
"""(rows, inner, columns) of the products that are tried. There are several, because oneDNN picks kernels by shape."""


def use_onednn_if_exact() -> bool:
    """Use oneDNN in this process from now on. If oneDNN would be less exact, change nothing and return False."""
    import torch

    if not torch._C._has_mkldnn:
        return False
    settings = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]
    before = settings.fp32_precision
    settings.fp32_precision = "bf16"
    if max(_error(*shape) for shape in SHAPES) < EXACT:
        return True
    settings.fp32_precision = before
    return False


def _error(rows: int, inner: int, columns: int) -> float:
    import torch

    generator = torch.Generator().manual_seed(0)  # not the global generator, whose state belongs to the run
    a, b = (torch.randn(*shape, generator=generator) for shape in ((rows, inner), (inner, columns)))
    exact = a.double() @ b.double()
    return float((a @ b - exact).abs().max() / exact.abs().max())
