"""The documented ways to add a recipe and a method: BitFit and a LoRA of rank 4, in a copy of the project."""

import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from harness.config.project import Project, RunKey
from harness.records.run_record import RunRecord, read_record
from tests.fork_server import served_python
from tests.mini_tree import edit
from tests.tree import ROOT

EXAMPLES = ROOT / "tests/fixtures"
BITFIT = RunKey("peft", "bitfit", ("hs_products",), 0)


def add_code(root: Path) -> None:
    shutil.copytree(ROOT / "harness", root / "harness", ignore=shutil.ignore_patterns("__pycache__"))


def add_examples(root: Path) -> None:
    """What the documentation tells a reader to add, apart from the names in params.yaml."""
    shutil.copy(EXAMPLES / "bitfit.py", root / "harness/methods/bitfit.py")
    for name in ("bitfit", "lora_r4"):
        shutil.copy(EXAMPLES / f"{name}.yaml", root / f"recipes/peft/{name}.yaml")


def run(root: Path, *arguments: str) -> str:
    """What Python prints in the copy."""
    done = subprocess.run([served_python(), *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    """This repository without data, runs and tests."""
    for folder in ("recipes", "data/domains", "data/suites"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in ("dvc.yaml", "params.yaml", "data/sources.yaml"):
        shutil.copy(ROOT / file, tmp_path / file)
    add_code(tmp_path)
    return tmp_path


def test_check_accepts_a_new_recipe_and_a_new_method(project_copy: Path) -> None:
    before = int(re.findall(r"checked (\d+) recipes", run(project_copy, "-m", "harness", "check"))[0])
    add_examples(project_copy)
    edit(project_copy / "params.yaml", "\n  peft: [lora,", "\n  peft: [lora, lora_r4, bitfit,")
    assert f"checked {before + 2} recipes" in run(project_copy, "-m", "harness", "check")


LOAD = """
import torch
from pathlib import Path
from safetensors.torch import load_file
from harness.config.project import Project, RunKey
from harness.measure.device import prepare_device
from harness.training.registry import get_method
from harness.training.train import load_context
project, key = Project(Path.cwd()), RunKey("peft", "bitfit", ("hs_products",), 0)
model = get_method("bitfit").load(load_context(project, key, device=prepare_device("float32"))).model
saved = load_file(project.run_folder(key) / "vectors/vectors.safetensors")
there = dict(model.named_parameters())
assert saved and all(torch.equal(there[name], values) for name, values in saved.items())
"""


def test_the_new_method_trains_comes_back_and_is_scored(prepared: Project) -> None:
    add_code(prepared.root)
    add_examples(prepared.root)
    run(prepared.root, "-m", "harness", "train", "peft/bitfit", "--domain", "hs_products")
    record = read_record(RunRecord, prepared.record_folder(BITFIT) / "train/run.json")
    assert (record.status, record.reason) == ("ok", None)
    assert record.training is not None
    assert record.training.output_change is not None
    assert record.training.output_change > 1e-4
    run(prepared.root, "-c", LOAD)
    printed = run(prepared.root, "-m", "harness", "score", "peft/bitfit", "--domain", "hs_products")
    assert "classification accuracy" in printed


def test_the_documented_examples_are_those_that_are_tested_here() -> None:
    blocks = re.findall(
        r"^ {3}```\w+\n(.*?)^ {3}```$", (ROOT / "docs/extending.md").read_text(), re.DOTALL | re.MULTILINE
    )
    shown = dict(textwrap.dedent(block).split("\n", 1) for block in blocks)
    assert shown == {
        "# harness/methods/bitfit.py": (EXAMPLES / "bitfit.py").read_text(),
        "# recipes/peft/bitfit.yaml": (EXAMPLES / "bitfit.yaml").read_text(),
        "# recipes/peft/lora_r4.yaml": (EXAMPLES / "lora_r4.yaml").read_text(),
    }
