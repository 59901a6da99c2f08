from __future__ import annotations

from typing import Literal

import pytest
import torch

from harness.measure.device import Device, prepare_device


def test_the_device_is_detected_and_precision_can_be_forced() -> None:
    assert prepare_device("bfloat16").dtype == "bfloat16"
    device = prepare_device("auto")
    assert device.threads >= 1
    if device.kind == "cpu":
        assert device.dtype == "float32"
    assert prepare_device("float32").training_precision == "float32"


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx512_bf16": True}, True),
        ({"amx_bf16": True}, True),
        ({"avx512_bf16": False, "avx512_f": True}, False),
        ({}, False),
    ],
)
def test_training_is_mixed_only_on_cpus_with_instructions_for_bfloat16(
    capabilities: dict[str, bool], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    device = prepare_device("auto")
    assert (device.mixed, device.dtype) == (expected, "float32")
    assert device.training_precision == ("mixed" if expected else "float32")


@pytest.mark.parametrize(("native", "dtype"), [(True, "bfloat16"), (False, "float32")])
def test_a_gpu_that_only_emulates_bfloat16_computes_in_float32(
    native: bool, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def supported(including_emulation: bool = True) -> bool:
        return including_emulation or native

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "NVIDIA T4")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    assert prepare_device("auto").dtype == dtype
    assert prepare_device("bfloat16").dtype == "bfloat16"


def test_what_is_trained_beside_bfloat16_weights_is_mixed_precision() -> None:
    gpu = Device("cuda", "x", threads=1, dtype="bfloat16")
    assert gpu.training_precision == "mixed"
    assert gpu.in_float32() == Device("cuda", "x", threads=1, dtype="float32", mixed=True)
    plain = Device("cpu", "x", threads=1, dtype="float32")
    assert plain.in_float32() == plain


@pytest.mark.parametrize(("kind", "gpus"), [("cuda", 1), ("cpu", 0)])
def test_a_stage_uses_one_gpu_if_there_is_any(kind: Literal["cuda", "cpu"], gpus: int) -> None:
    assert Device(kind, "x", threads=1, dtype="float32").gpus == gpus
