"""`make gpu-check`: does what differs on CUDA work on this machine's GPU?

python -m tests.bench.gpu                        all checks; writes reports/bench/gpu.json; under eight minutes
python -m tests.bench.gpu --only likelihoods     one check; `--only` may be repeated; writes nothing by default
python -m tests.bench.gpu --device cpu --tiny    the same checks on a CPU in bfloat16, to test this script

It needs the locked packages only, with a build of torch for CUDA. The base is data/bases/causal_lm if that is
SmolLM2-135M, else random weights of the same shape. Exit code 1: a check failed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from harness.runtime.quiet import quiet_libraries
from tests.bench import gpu_likelihoods, gpu_measures, gpu_training
from tests.bench.gpu_setting import Outcome, Setting, make_setting
from tests.tree import ROOT

REPORT = ROOT / "reports/bench/gpu.json"
CHECKS: Mapping[str, Callable[[Setting], Outcome]] = {
    "lora": partial(gpu_training.trains, recipe="peft/lora"),
    "qlora": partial(gpu_training.trains, recipe="peft/qlora"),
    "full": partial(gpu_training.trains, recipe="sft/full"),
    "prefix_tuning": partial(gpu_training.trains, recipe="peft/prefix_tuning"),
    "one_gpu": gpu_training.uses_one_gpu,
    "dvc_stage": gpu_training.runs_a_dvc_stage,
    "memory": gpu_measures.needs_the_planned_memory,
    "energy_and_price": gpu_measures.knows_energy_and_price,
    "likelihoods": gpu_likelihoods.agree_with_the_cpu,
    "merging": gpu_likelihoods.survive_merging_and_reloading,
    "scoring": gpu_likelihoods.score_every_suite,
}
"""Name of the check -> the function that makes it."""


def main(argv: Sequence[str]) -> int:
    """Run the checks, print one line for each, and write the report; the exit code."""
    options = _parser().parse_args(argv)
    quiet_libraries()
    if options.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    elif not _cuda():
        print("no CUDA device: nothing was checked, and no report was written")
        return 0
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        setting = make_setting(Path(folder), on_cpu=options.device == "cpu", tiny=options.tiny)
        checks = {name: run_check(name, setting) for name in options.only or CHECKS}
    passed = all(check["passed"] for check in checks.values())
    facts = {"passed": passed, "seconds": round(time.perf_counter() - started, 1), "checks": checks}
    output = options.output or (REPORT if options.device == "cuda" and not options.only else None)
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(json.dumps(setting.facts() | facts, indent=2) + "\n", encoding="utf-8")
    return 0 if passed else 1


def run_check(name: str, setting: Setting) -> dict[str, Any]:
    """Figures, limits and outcome of one check. An exception fails the check, and the others still run."""
    from harness.measure.memory import free_cached_memory

    started = time.perf_counter()
    try:
        outcome = CHECKS[name](setting)
    except Exception as error:
        outcome = Outcome(False, {"error": f"{type(error).__name__}: {error}"})
    free_cached_memory()
    seconds = round(time.perf_counter() - started, 1)
    print(
        f"{'passed' if outcome.passed else 'FAILED'} {name} in {seconds} s: {json.dumps(outcome.figures)}", flush=True
    )
    return {"passed": outcome.passed, "seconds": seconds, "limits": outcome.limits, "figures": outcome.figures}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gpu", description="Check this machine's GPU.")
    parser.add_argument("--only", action="append", choices=list(CHECKS), help="a check; may be repeated")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu: to test this script")
    parser.add_argument("--tiny", action="store_true", help="a model of 0.2 million parameters with random weights")
    parser.add_argument("--output", type=Path, help=f"default: {REPORT.relative_to(ROOT)} for all checks on CUDA")
    return parser


def _cuda() -> bool:
    import torch

    return torch.cuda.is_available()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
