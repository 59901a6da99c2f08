"""Which library multiplies float32 matrices on a CPU.

torch has two, Intel's MKL and oneDNN, and takes MKL, which is not the faster one everywhere: on two cores of an AMD
EPYC with AVX-512 the products of SmolLM2-135M's layers ran at about 190 GFLOP/s with MKL and mostly at 390 to 450 with
oneDNN. The switch by which torch gives float32 products to oneDNN permits it to round to bfloat16 inside
(https://docs.pytorch.org/docs/stable/notes/mkldnn.html). Whether it does depends on the processor; on that one it does
not. So the switch is tried, and kept where what comes out is as exact as float32.
"""

from __future__ import annotations

EXACT = 1e-5
"""Largest error of a product of standard normal numbers, as a share of its largest value. For the shapes below float32
leaves up to 1e-6, factors rounded to bfloat16 leave 3e-3."""

SHAPES = ((4, 576, 192), (512, 256, 512), (1024, 576, 1536))
"""(rows, inner, columns) of the products that are tried: kernels are chosen by shape."""


def use_onednn_if_exact() -> bool:
    """Let oneDNN multiply in this process from now on; false where it would be less exact, and nothing is changed."""
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

    generator = torch.Generator().manual_seed(0)  # the global one belongs to the run
    a, b = (torch.randn(*shape, generator=generator) for shape in ((rows, inner), (inner, columns)))
    exact = a.double() @ b.double()
    return float((a @ b - exact).abs().max() / exact.abs().max())
