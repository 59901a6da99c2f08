"""A small invented project on disk: every kind of YAML file once, and as much code as the names in them need."""

from __future__ import annotations

from pathlib import Path

from harness.check.problems import problems
from harness.config.project import Project

PARAMS = """\
# The smallest settings.
profile: tiny
sources: [corpus]
base_models:
  causal_lm: {name: tiny, source: corpus, format: tiny_llama}
base_roles: [causal_lm]
domains: [goods]
prepared_domains: [goods]
suites: [classification]
recipes:
  baseline: [majority]
  peft: [lora, prompt]
seeds:
  baseline: [0]
  peft: [0, 1]
budget: {train_examples: 64, epochs: 1, max_length: 128}
scoring: {batch_size: 8, confidence: 0.95, resamples: 200, equivalence_margin: 0.03}
prices: {as_of: "2026-01-01", currency: USD, source: a guess, cpu_core_hour: 0.05, gpu_hour: {L4: 0.8}}
"""

PEFT = """\
title: Parameter-efficient fine-tuning
order: 1
run:
  train:
    weight_decay: 0.1
"""

RECIPE = """\
about:
  title: A recipe
run:
  method: {method}
  train:
    learning_rate: 1e-3
"""

DOMAIN = """\
title: Goods
summary: What is traded.
builder: table
source: corpus
splits: {validation: 10, test: 20}
classify:
  prompt: "Which class? {text}"
  label_names:
    A: animals
    B: books
"""

SUITE = """\
title: Classification
summary: The labels.
kind: classification
version: 1
views: [classify]
metric: accuracy
column: score
"""

SOURCES = """\
sources:
  corpus: {kind: path, path: corpus.csv, licence: CC0-1.0, origin: ours}
  spare: {kind: path, path: spare.csv, licence: CC0-1.0, origin: ours}
"""

LOCK = """\
numpy==2.4.0
scikit-learn==1.8.0 \\
    --hash=sha256:00
torch==2.13.0+cpu
"""

# `check` asks the real methods and kinds of the same names what they need
CODE = {
    "__init__": "",
    "errors": "class Wrong(Exception): ...\n",
    "shuffle": '"""Order."""\n\n\ndef key(seed):\n    return seed * 3  # any odd number\n',
    "methods/__init__": "",
    "methods/majority": "from harness.errors import Wrong\n",
    "methods/lora": "from harness.shuffle import key\n\n\ndef train():\n    import torch\n",
    "methods/full": "from harness.shuffle import key\n",
    "training/__init__": "",
    "training/train": "import json\nimport importlib\nfrom harness import errors\n",
    "domains/__init__": "",
    "domains/collect": "from harness import shuffle\n",
    "preparation/__init__": "",
    "preparation/prepare": "",
    "suites/__init__": "",
    "suites/build": "",
    "suites/sets/__init__": "",
    "domains/builders/__init__": "",
    "domains/builders/table": "import numpy as np\n",
    "scoring/__init__": "",
    "scoring/score": "import harness.training.train\n",
    "curves/__init__": "",
    "curves/learning_curve": "import harness.scoring.score\n",
    "scoring/kinds/__init__": "",
    "scoring/kinds/classification": "from sklearn import metrics\n",
    "sources/__init__": "",
    "sources/fetch": "",
    "bases/__init__": "",
    "bases/prepare": "",
    "store/__init__": "",
    "store/ingest": "",
    "reports/__init__": "",
    "reports/write": "",
}

_GROUP = """\
  {group}:
    matrix: {{recipe: "${{recipes.{family}}}", domain: "${{domains}}", seed: "${{seeds.{family}}}"}}
    cmd: mkdir -p out && {{ cat params.yaml {inputs}; }} > out/{group}-${{key}}
    deps: [{deps}{base}]
{params}    outs: ["out/{group}-${{key}}"]
    meta: {{resources: {{memory_gb: 2}}}}
"""


def dvc_yaml(families: list[str]) -> str:
    """A fingerprint stage and, for each family, a train and a score group that only copy text."""
    text = (
        "stages:\n"
        "  fingerprint:\n"
        "    cmd: python -m harness fingerprint\n"
        "    deps: [harness, recipes, data/suites, requirements.lock]\n"
        "    params: [suites, recipes, domains]\n"
        "    outs: [runs/code]\n"
    )
    for family in families:
        code, run = f'"runs/code/recipes/{family}/${{item.recipe}}.json"', f'"out/{family}-${{key}}"'
        params = f'    params: ["recipes/{family}/${{item.recipe}}.yaml": [run]]\n'
        base = "" if family == "baseline" else ", data/bases/causal_lm"
        text += _GROUP.format(group=family, family=family, deps=code, base=base, inputs="", params=params)
        inputs = f"{run}, {code}, runs/code/score.json, runs/code/suites.json"
        scored = f"out/{family}-${{key}}"
        text += _GROUP.format(group=f"score_{family}", family=family, deps=inputs, base=base, inputs=scored, params="")
    return text


def write_mini_tree(folder: Path) -> Path:
    """Write a project in which everything is right below `folder`; its root."""
    root = folder / "project"
    files = {
        "params.yaml": PARAMS,
        "harness/profiles/tiny.yaml": PARAMS,
        "dvc.yaml": dvc_yaml(["baseline", "peft"]),
        "data/sources.yaml": SOURCES,
        "data/domains/goods.yaml": DOMAIN,
        "data/suites/classification.yaml": SUITE,
        "data/bases/causal_lm/model.txt": "weights\n",
        "recipes/baseline/_family.yaml": "title: Baselines\norder: 0\nrun: {}\n",
        "recipes/baseline/majority.yaml": "about:\n  title: Majority\nrun:\n  method: majority\n",
        "recipes/peft/_family.yaml": PEFT,
        "recipes/peft/lora.yaml": RECIPE.format(method="lora"),
        "recipes/peft/prompt.yaml": RECIPE.format(method="full"),
        "requirements.lock": LOCK,
        **{f"harness/{name}.py": text for name, text in CODE.items()},
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file; it must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(root: Path, *, strict_listing: bool = True) -> list[str]:
    """What `check` says of a tree, with paths from its root."""
    found = problems(Project(root), strict_listing=strict_listing)
    return [str(problem).replace(f"{root}/", "") for problem in found]


def only(root: Path) -> str:
    """The one problem of the active settings; that of the equal profile is left out."""
    found = [problem for problem in told(root) if not problem.startswith("harness/profiles")]
    assert len(found) == 1, found
    return found[0]
