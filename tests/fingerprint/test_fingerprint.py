from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.errors import ConfigError, HarnessError
from harness.fingerprint.fingerprint import fingerprints, methods_behind
from tests.mini_tree import edit, write_mini_tree

ROOT = Path(__file__).parents[2]

LORA, PROMPT, MAJORITY = "recipes/peft/lora.json", "recipes/peft/prompt.json", "recipes/baseline/majority.json"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_mini_tree(tmp_path)


def changed(root: Path, file: str, old: str, new: str) -> set[str]:
    """The units whose fingerprint differs after an edit of harness/<file>."""
    before = fingerprints(Project(root))
    edit(root / "harness" / file, old, new)
    after = fingerprints(Project(root))
    assert before.keys() == after.keys()
    return {name for name in after if before[name] != after[name]}


def test_there_is_one_file_per_stage_and_per_recipe_and_one_for_the_suites(tree: Path) -> None:
    names = "fetch base collect questions prepare score curve ingest report"
    stages = {f"{stage}.json" for stage in names.split()}
    assert fingerprints(Project(tree)).keys() == stages | {LORA, PROMPT, MAJORITY, "suites.json", "wide_suites.json"}


def test_a_fingerprint_names_modules_and_pinned_packages(tree: Path) -> None:
    content = json.loads(fingerprints(Project(tree))[LORA])
    assert list(content["modules"]) == [
        "harness/methods/__init__.py",
        "harness/methods/lora.py",
        "harness/shuffle.py",
        "harness/training/__init__.py",
        "harness/training/train.py",
    ]
    assert all(len(digest) == 64 for digest in content["modules"].values())
    assert content["packages"] == {"numpy": "2.4.0", "torch": "2.13.0+cpu"}


def test_what_computes_beside_torch_counts_where_torch_does_and_is_pinned(tree: Path) -> None:
    edit(tree / "requirements.lock", "torch==", "accelerate==1.0\ntokenizers==0.2\nsafetensors==0.3\ntorch==")
    files = fingerprints(Project(tree))
    assert list(json.loads(files[LORA])["packages"]) == ["accelerate", "numpy", "safetensors", "tokenizers", "torch"]
    assert json.loads(files[PROMPT])["packages"] == {}


def test_configuration_code_counts_for_the_stages_but_only_the_defaults_of_recipes_for_runs(tree: Path) -> None:
    for name in ("__init__", "recipe", "domain"):
        path = tree / f"harness/config/{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("x = 1\n")
    edit(tree / "harness/shuffle.py", "def key", "from harness.config import domain, recipe\n\n\ndef key")
    assert changed(tree, "config/domain.py", "x = 1", "x = 2") == {"collect.json"}
    assert changed(tree, "config/recipe.py", "x = 1", "x = 2") == {LORA, PROMPT, "collect.json"}


def test_packages_that_print_measure_or_read_yaml_count_for_no_run(tree: Path) -> None:
    edit(tree / "requirements.lock", "torch==", "rich==1\npsutil==2\npydantic==3\nruamel.yaml==4\ntorch==")
    plumbing = "import rich, psutil, pydantic, ruamel.yaml, sklearn\n\n\ndef key"
    edit(tree / "harness/shuffle.py", "def key", plumbing)
    files = {name: json.loads(text) for name, text in fingerprints(Project(tree)).items()}
    assert files[PROMPT]["packages"] == {"scikit-learn": "1.8.0"}
    wanted = ["numpy", "psutil", "pydantic", "rich", "ruamel-yaml", "scikit-learn"]
    assert list(files["collect.json"]["packages"]) == wanted


def test_the_suites_file_holds_what_changes_a_score(tree: Path) -> None:
    text = (tree / "data/suites/classification.yaml").read_text()
    (tree / "data/suites/other.yaml").write_text(text)
    found = json.loads(fingerprints(Project(tree))["suites.json"])
    classification = {
        "against": None,
        "column": "score",
        "items": None,
        "kind": "classification",
        "max_new_tokens": None,
        "metric": "accuracy",
        "questions": None,
        "version": 1,
        "views": ["classify"],
    }
    assert found == {"classification": classification}  # the other one is not active


def test_the_order_and_the_wording_of_suites_change_nothing(tree: Path) -> None:
    suite = tree / "data/suites/classification.yaml"
    (tree / "data/suites/other.yaml").write_text(suite.read_text())
    edit(tree / "params.yaml", "suites: [classification]", "suites: [other, classification]")
    before = fingerprints(Project(tree))
    edit(tree / "params.yaml", "suites: [other, classification]", "suites: [classification, other]")
    edit(suite, "summary: The labels.", "summary: All labels.")
    assert fingerprints(Project(tree)) == before
    edit(suite, "version: 1", "version: 2")
    after = fingerprints(Project(tree))
    assert {name for name in after if before[name] != after[name]} == {"suites.json"}


def test_comments_docstrings_and_blank_lines_change_nothing(tree: Path) -> None:
    assert changed(tree, "shuffle.py", "# any odd number", "# three is enough") == set()
    assert changed(tree, "shuffle.py", '"""Order."""', '"""The order.\n\nOf items."""\n\n') == set()
    assert changed(tree, "methods/lora.py", "def train():\n", 'def train():\n    """Train."""\n\n') == set()


def test_a_shared_module_changes_all_its_users_and_no_other(tree: Path) -> None:
    assert changed(tree, "shuffle.py", "seed * 3", "seed * 5") == {LORA, PROMPT, "collect.json"}


def test_the_wording_of_errors_changes_nothing(tree: Path) -> None:
    assert changed(tree, "errors.py", "Wrong", "Bad") == set()


def test_a_method_changes_its_own_recipes_only(tree: Path) -> None:
    assert changed(tree, "methods/full.py", "import key", "import key as k") == {PROMPT}


def test_builders_belong_to_collect_and_kinds_to_score(tree: Path) -> None:
    assert changed(tree, "domains/builders/table.py", "np", "numbers") == {"collect.json"}
    assert changed(tree, "scoring/kinds/classification.py", "metrics", "metrics as m") == {"score.json", "curve.json"}


def test_a_child_depends_on_the_methods_of_its_parents(tree: Path) -> None:
    edit(tree / "recipes/peft/lora.yaml", "method: lora", "method: lora\n  init: peft/prompt")
    edit(tree / "recipes/peft/prompt.yaml", "method: full", "method: full\n  init: {start: baseline/majority}")
    assert methods_behind(Project(tree), "peft/lora") == ["full", "lora", "majority"]
    assert changed(tree, "methods/majority.py", "Wrong", "Wrong as W") == {LORA, PROMPT, MAJORITY}


def test_a_new_version_of_a_package_changes_its_users(tree: Path) -> None:
    before = fingerprints(Project(tree))
    edit(tree / "requirements.lock", "torch==2.13.0+cpu", "torch==2.14.0")
    after = fingerprints(Project(tree))
    assert {name for name in after if before[name] != after[name]} == {LORA}


def test_a_package_without_a_pin_is_an_error(tree: Path) -> None:
    edit(tree / "harness/methods/lora.py", "import torch", "import jax")
    with pytest.raises(ConfigError) as caught:
        fingerprints(Project(tree))
    assert '"jax", which harness/methods/lora.py:5 imports, is not pinned' in str(caught.value)


def test_an_optional_package_counts_only_with_a_pin(tree: Path) -> None:
    guarded = "try:\n        import pynvml\n    except ModuleNotFoundError:\n        pass"
    edit(tree / "harness/methods/lora.py", "import torch", guarded)
    assert json.loads(fingerprints(Project(tree))[LORA])["packages"] == {}
    edit(tree / "requirements.lock", "torch==", "nvidia-ml-py==13.0\ntorch==")
    assert json.loads(fingerprints(Project(tree))[LORA])["packages"] == {"nvidia-ml-py": "13.0"}


def test_a_stage_whose_module_is_missing_is_an_error(tree: Path) -> None:
    (tree / "harness/reports/write.py").unlink()
    with pytest.raises(HarnessError, match=r'"harness\.reports\.write", which does not exist'):
        fingerprints(Project(tree))


def test_in_this_repository_the_kinds_of_suites_belong_to_scores_curves_and_boards_and_to_no_recipe() -> None:
    files = {name: json.loads(text) for name, text in fingerprints(Project(ROOT)).items()}
    kinds = {path.relative_to(ROOT).as_posix() for path in (ROOT / "harness/scoring/kinds").glob("[!_]*.py")}
    for name, content in files.items():
        if name not in ("suites.json", "wide_suites.json"):
            # boards read the metrics that the kinds declare, and the store checks figures by them
            expected = kinds if name in ("score.json", "curve.json", "report.json", "ingest.json") else set()
            assert kinds & set(content["modules"]) == expected, name
    assert {"lm-eval", "mteb", "transformers"} <= set(files["score.json"]["packages"])
    assert {"mteb", "transformers"} <= set(files["curve.json"]["packages"])  # curves ask no task of lm-eval


def test_the_fingerprints_of_this_repository_hold_the_stack_and_no_configuration_code() -> None:
    files = {name: json.loads(text) for name, text in fingerprints(Project(ROOT)).items()}
    stack = {"torch", "accelerate", "numpy", "safetensors", "tokenizers"}
    for name in ("base.json", "score.json", "curve.json", "recipes/peft/lora.json", "recipes/sft/full.json"):
        assert stack <= set(files[name]["packages"]), name
    for name in ("score.json", "curve.json", "recipes/peft/lora.json"):
        config = [module for module in files[name]["modules"] if module.startswith("harness/config/")]
        assert config == ["harness/config/recipe.py"]
        assert not {"rich", "psutil", "pydantic", "ruamel-yaml"} & set(files[name]["packages"])


def test_the_fingerprint_of_this_repository_takes_no_heavy_import() -> None:
    check = "from harness.config.project import Project; from harness.fingerprint.fingerprint import fingerprints\n"
    check += f"import sys, pathlib; files = fingerprints(Project(pathlib.Path({str(ROOT)!r})))\n"
    check += "assert len(files) >= 6 and not {'torch', 'dvc', 'numpy'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
