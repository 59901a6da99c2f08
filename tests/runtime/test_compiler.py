from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.runtime.compiler import SWITCH
from tests.fresh_process import told_elsewhere
from tests.tree import ROOT

COMPILER = "torch._inductor.compile_fx"
RUN = ("peft/lora", "--domain", "hs_products", "--seed", "0")


def test_bitsandbytes_imports_the_compiler_only_where_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SWITCH, raising=False)
    spare = "from harness.runtime.compiler import without_compiler; without_compiler(); "
    look = f"import json, sys; import bitsandbytes; print(json.dumps({COMPILER!r} in sys.modules))"
    assert told_elsewhere(look, tmp_path) is True
    assert told_elsewhere(spare + look, tmp_path) is False


@pytest.mark.parametrize("compiled", [True, False])
def test_a_training_has_the_compiler_if_its_recipe_asks_for_it(project: Project, compiled: bool) -> None:
    recipe = project.root / "recipes/peft/lora.yaml"
    recipe.write_text(
        recipe.read_text().replace("  train:\n", "  train:\n    torch_compile: true\n" if compiled else "  train:\n")
    )
    code = (
        "import json, os, sys; from harness.verbs import train; train.train = lambda project, key: None; "
        "train.summary = str; os.chdir(sys.argv[1]); train.main(sys.argv[2:]); "
        f"print(json.dumps(os.environ.get({SWITCH!r})))"
    )
    environment = {key: value for key, value in os.environ.items() if key != SWITCH}
    done = subprocess.run(
        [sys.executable, "-c", code, str(project.root), *RUN],
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == (None if compiled else "1")


def test_claims_are_scored_without_importing_scikit_learn(tmp_path: Path) -> None:
    code = (
        "import json, sys, numpy as np; from harness.evidence.auc import auc; "
        "auc(np.array([True, False]), np.array([1.0, 0.0])); print(json.dumps('sklearn' in sys.modules))"
    )
    assert told_elsewhere(code, tmp_path) is False
