"""Export of a method that learns some of the base's own weights: the example BitFit, in a copy of the project."""

from __future__ import annotations

import subprocess

from harness.config.project import Project
from tests.fork_server import served_python
from tests.methods.test_new_method import add_code, add_examples, run

RUN = "peft/bitfit-hs_products-0"
CHECK = """
from pathlib import Path
import torch
from transformers import AutoModelForCausalLM
from safetensors.torch import load_file
there = dict(AutoModelForCausalLM.from_pretrained("exports/peft/bitfit-hs_products-0-merged").named_parameters())
saved = load_file("runs/peft/bitfit-hs_products-0/vectors/vectors.safetensors")
assert saved and all(torch.equal(there[name], values) for name, values in saved.items())
"""


def test_weights_of_the_base_need_no_merge_and_are_exported_as_a_plain_model(prepared: Project) -> None:
    add_code(prepared.root)
    add_examples(prepared.root)
    run(prepared.root, "-m", "harness", "train", "peft/bitfit", "--domain", "hs_products")
    assert "a plain model in float32" in run(prepared.root, "-m", "harness", "export", RUN, "--merge")
    run(prepared.root, "-c", CHECK)
    command = [str(served_python()), "-m", "harness", "export", RUN]
    refused = subprocess.run(command, cwd=prepared.root, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "no plain library loads what the method bitfit saves: base.json" in refused.stderr
    assert "hint: `--merge` writes a plain model" in refused.stderr
