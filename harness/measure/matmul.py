"""Which library multiplies float32 matrices on a CPU.

torch has two, Intel's MKL and oneDNN, and takes MKL. MKL leaves AVX-512 unused on processors that are not Intel's: half
the speed. The one switch by which torch gives float32 products to oneDNN is the one that permits it bfloat16 inside
(https://docs.pytorch.org/docs/stable/notes/mkldnn.html). oneDNN makes use of that permission on processors with matrix
units for bfloat16 only; elsewhere its products are float32 throughout. So the switch is tried, and kept where what
comes out is as exact as float32.
"""

from __future__ import annotations

EXACT = 1e-5
"""Largest error of a product of standard normal numbers, as a share of its largest value: float32 stays a tenth of it,
bfloat16 is a hundred times above."""

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
