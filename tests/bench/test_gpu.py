"""The script of `make gpu-check`, on a CPU."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench import gpu
from tests.bench.gpu_setting import Outcome
from tests.fork_server import write_python


def test_without_cuda_it_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert gpu.main([]) == 0
    assert capsys.readouterr().out == "no CUDA device: nothing was checked, and no report was written\n"


def test_every_check_passes_on_a_cpu_with_a_tiny_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # so that the test leaves the variable as it was
    write_python(tmp_path / "programs/python")
    monkeypatch.setattr("tests.pipeline.smoke_clone.programs_of", lambda clone: tmp_path / "programs")
    code = gpu.main(["--device", "cpu", "--tiny", "--output", str(tmp_path / "gpu.json")])
    report = json.loads((tmp_path / "gpu.json").read_text())
    assert {name for name, check in report["checks"].items() if not check["passed"]} == set()
    assert (code, report["passed"]) == (0, True)
    assert report["checks"].keys() == gpu.CHECKS.keys()
    assert report["precision"] == {"training": "mixed", "scoring": "bfloat16"}


def test_a_check_that_fails_or_raises_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(setting: Any) -> Outcome:
        raise RuntimeError("no kernel image")

    checks = {"broken": broken, "wrong": lambda setting: Outcome(False, {"ties": 3}, {"ties": 0})}
    monkeypatch.setattr(gpu, "CHECKS", {**checks, "right": lambda setting: Outcome(True, {})})
    found = {name: gpu.run_check(name, setting=None) for name in gpu.CHECKS}  # type: ignore[arg-type]
    assert [check["passed"] for check in found.values()] == [False, False, True]
    assert found["broken"]["figures"] == {"error": "RuntimeError: no kernel image"}
    assert "FAILED wrong" in capsys.readouterr().out


@pytest.mark.parametrize(("passed", "code"), [(True, 0), (False, 1)])
def test_one_check_can_be_chosen_and_decides_the_exit_code(
    passed: bool, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr(gpu, "CHECKS", {"one": lambda setting: Outcome(passed, {}), "two": None})
    output = tmp_path / "gpu.json"
    assert gpu.main(["--device", "cpu", "--tiny", "--only", "one", "--output", str(output)]) == code
    assert list(json.loads(output.read_text())["checks"]) == ["one"]
