"""A method is one file: a new one runs with a recipe and no other edit."""

import subprocess
import sys
from pathlib import Path

import pytest

from harness.config.project import Project, RunKey
from harness.errors import ConfigError
from harness.training.registry import get_method, method_names
from harness.training.train import train
from tests.fork_server import served_python
from tests.tree import ROOT

COIN = '''"""A fair coin for every label."""
import math
from harness.models.loaded import LabelClassifier
from harness.training.contract import Method, TrainedModel
from harness.training.method_options import MethodOptions


class CoinOptions(MethodOptions):
    """How many sides the coin has."""

    sides: int = 2


class Coin(Method):
    """Equal odds."""

    options_model = CoinOptions

    def train(self, context):
        options = CoinOptions.of(context.recipe)
        (context.folder / "sides.txt").write_text(str(options.sides))
        return TrainedModel(trainable_parameters=0, total_parameters=0, examples=0)

    def load(self, context):
        return Fair()


class Fair(LabelClassifier):
    def log_proba(self, texts, labels):
        import numpy as np
        return np.full((len(texts), len(labels)), -math.log(len(labels)))
'''


def test_a_new_method_needs_its_file_and_a_recipe_only(prepared: Project) -> None:
    (prepared.root / "harness").mkdir()
    for path in (ROOT / "harness").rglob("*.py"):
        target = prepared.root / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text())
    (prepared.root / "harness/methods/coin.py").write_text(COIN)
    recipe = "about: {title: Coin}\nrun: {method: coin, options: {sides: 3}}\n"
    (prepared.root / "recipes/baseline/coin.yaml").write_text(recipe)
    for verb in ("train", "score"):
        done = subprocess.run(
            [served_python(), "-m", "harness", verb, "baseline/coin", "--domain", "hs_products"],
            cwd=prepared.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert "classification accuracy" in done.stdout
    assert (prepared.root / "runs/baseline/coin-hs_products-0/sides.txt").read_text() == "3"
    assert (prepared.root / "reports/records/baseline/coin-hs_products-0/score/samples.parquet").is_file()


def test_methods_are_found_by_their_file() -> None:
    assert {"majority", "tfidf", "zero_shot", "few_shot", "full", "lora"} <= set(method_names(ROOT))


def test_an_unknown_method_gets_a_suggestion() -> None:
    with pytest.raises(ConfigError) as raised:
        get_method("lorra")
    assert 'did you mean "lora"?' in str(raised.value)


@pytest.mark.parametrize("name", method_names(ROOT))
def test_every_method_has_a_data_sheet_and_a_runnable_example(name: str) -> None:
    sheet = type(get_method(name)).__doc__ or ""
    for part in ("Data:", "Cost:", "Use it:", "Related:", "Example:"):
        assert part in sheet, f"{name} lacks {part}"
    example = sheet.split("Example: `")[1].split("`")[0]
    recipe = example.split()[4]
    assert Project(ROOT).recipe(recipe).run.method == name


def test_an_option_the_method_does_not_know_is_an_error(prepared: Project) -> None:
    path = prepared.root / "recipes/baseline/few_shot.yaml"
    path.write_text(path.read_text().replace("shots: 8", "shot: 8"))
    with pytest.raises(ConfigError, match=r'few_shot.yaml:\d+: unknown key "run.options.shot"') as raised:
        train(Project(prepared.root), RunKey("baseline", "few_shot", ("hs_products",), 0))
    assert 'did you mean "shots"?' in str(raised.value)


def test_a_recipe_starts_from_its_parent_run(prepared: Project) -> None:
    parent = RunKey("peft", "lora", ("hs_products",), 0)
    train(prepared, parent)
    child = prepared.root / "recipes/sft/after_lora.yaml"
    child.write_text(
        "about: {title: Full after LoRA}\nrun: {method: full, init: peft/lora, train: {learning_rate: 1e-4}}\n"
    )
    project = Project(prepared.root)
    record = train(project, RunKey("sft", "after_lora", ("hs_products",), 0))
    assert record.status == "ok"
    saved = project.run_folder(RunKey("sft", "after_lora", ("hs_products",), 0)) / "model/model.safetensors"
    assert saved.is_file()


def test_a_role_that_the_method_does_not_know_is_refused_before_training(prepared: Project) -> None:
    recipe = prepared.root / "recipes/peft/lora.yaml"
    recipe.write_text(recipe.read_text().replace("method: lora", "method: lora\n  init: {policy: sft/full}"))
    with pytest.raises(ConfigError, match=r'lora.yaml:9: method lora has no role "policy"'):
        train(Project(prepared.root), RunKey("peft", "lora", ("hs_products",), 0))


def test_a_parent_that_did_not_run_is_named(prepared: Project) -> None:
    child = prepared.root / "recipes/sft/after_lora.yaml"
    child.write_text(
        "about: {title: Full after LoRA}\nrun: {method: full, init: peft/lora, train: {learning_rate: 1e-4}}\n"
    )
    with pytest.raises(Exception, match="weights of this run are not here") as raised:
        train(Project(prepared.root), RunKey("sft", "after_lora", ("hs_products",), 0))
    assert "peft/lora-hs_products-0" in str(raised.value)


def test_two_domains_share_the_budget_evenly(prepared: Project) -> None:
    import shutil

    shutil.copytree(prepared.prepared_folder("hs_products"), prepared.prepared_folder("other"))
    record = train(prepared, RunKey("baseline", "majority", ("hs_products", "other"), 0))
    assert record.run_id == "baseline/majority-hs_products+other-0"
    assert record.training is not None
    assert record.training.examples == 64


def test_help_answers_without_heavy_imports() -> None:
    heavy = "[m for m in ('torch', 'pydantic', 'dvc') if m in sys.modules]"
    code = f"import sys; from harness.__main__ import main; main(['--help']); print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "leaderboard" in done.stdout
    assert done.stdout.strip().endswith("[]")


def test_paths_are_those_of_the_tree(prepared: Project) -> None:
    assert prepared.run_folder(RunKey("peft", "lora", ("a",), 2)) == Path(prepared.root) / "runs/peft/lora-a-2"


def test_a_failed_parent_makes_its_child_a_failed_row(prepared: Project) -> None:
    lora = prepared.root / "recipes/peft/lora.yaml"
    lora.write_text(lora.read_text().replace("lora_alpha: 32", "lora_alpha: .nan"))
    child = prepared.root / "recipes/sft/after_lora.yaml"
    child.write_text(
        "about: {title: Full after LoRA}\nrun: {method: full, init: peft/lora, train: {learning_rate: 1e-4}}\n"
    )
    project = Project(prepared.root)
    train(project, RunKey("peft", "lora", ("hs_products",), 0))
    record = train(project, RunKey("sft", "after_lora", ("hs_products",), 0))
    assert record.status == "failed"
    assert record.reason is not None
    assert "its parent peft/lora-hs_products-0 failed: diverged" in record.reason


def test_the_command_line_refuses_what_names_no_run(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.verbs.train import main

    monkeypatch.chdir(prepared.root)
    with pytest.raises(ConfigError) as raised:
        main(["baseline/majority", "--domain", "hs_product"])
    assert 'did you mean "hs_products"?' in str(raised.value)
    with pytest.raises(ConfigError, match="named twice"):
        main(["baseline/majority", "--domain", "hs_products", "--domain", "hs_products"])
    with pytest.raises(ConfigError, match="seed is -1"):
        main(["baseline/majority", "--domain", "hs_products", "--seed", "-1"])
