from __future__ import annotations

from pathlib import Path

from harness.measure.device import Device
from harness.measure.provenance import git_state, provenance, stable_hash
from tests.tree import ROOT


def test_the_state_of_git_is_known_inside_a_checkout_only(tmp_path: Path) -> None:
    assert git_state(tmp_path) == (None, None)
    commit, dirty = git_state(ROOT)
    assert commit is None or len(commit) == 40
    assert dirty in (None, True, False)


def test_the_hash_of_a_configuration_does_not_depend_on_key_order() -> None:
    assert stable_hash({"a": 1, "b": [2]}) == stable_hash({"b": [2], "a": 1})
    assert stable_hash({"a": 1}) != stable_hash({"a": 2})


def test_the_record_says_how_many_gpus_computed(tmp_path: Path) -> None:
    gpu = Device("cuda", "NVIDIA L4", threads=4, dtype="bfloat16")
    traced = provenance(tmp_path, gpu, config={}, domains=(), precision=gpu.training_precision)
    assert (traced.gpus, traced.device, traced.precision) == (1, "NVIDIA L4", "mixed")
