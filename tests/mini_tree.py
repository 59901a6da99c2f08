"""A small invented project on disk: every kind of YAML file once, and as much code as the names in them need."""

from __future__ import annotations

from pathlib import Path

from harness.check.problems import problems
from harness.config.project import Project
from harness.pipeline.generated_section import BEGIN, END, write_section

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
scoring: {batch_size: 8, items: null, items_of: {}, confidence: 0.95, resamples: 200, equivalence_margin: 0.03}
prices: {as_of: "2026-01-01", currency: USD, source: a guess, cpu_core_hour: 0.05, gpu_hour: {L4: 0.8}}
official: {lm_eval: [], mteb: []}
precision: float32
sequences: {}
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
    "scoring/contract": "def get_kind(name): ...\n",
    "scoring/ask": "from harness.scoring.contract import get_kind\n",
    "scoring/score": "import harness.training.train\nimport harness.scoring.ask\n",
    "curves/__init__": "",
    "curves/learning_curve": "import harness.scoring.ask\n",
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

DVC_YAML = f"""\
stages:
  fingerprint:
    cmd: python -m harness fingerprint
    deps: [harness, recipes, data/suites, requirements.lock]
    params: [suites, recipes, domains, sequences]
    outs: [runs/code]

  {BEGIN}
  {END}
"""


def write_mini_tree(folder: Path) -> Path:
    """Write a project in which everything is right below `folder`; its root."""
    root = folder / "project"
    files = {
        "params.yaml": PARAMS,
        "harness/profiles/tiny.yaml": PARAMS,
        "dvc.yaml": DVC_YAML,
        "data/sources.yaml": SOURCES,
        "data/domains/goods.yaml": DOMAIN,
        "data/suites/classification.yaml": SUITE,
        "data/bases/causal_lm/model.txt": "weights\n",
        "data/prepared/goods/views.json": "{}\n",
        "data/prepared/goods/views/classify.txt": "goods\n",
        "data/questions/none.txt": "no questions\n",
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
    write_section(Project(root))
    return root


def add_domain(root: Path, name: str) -> None:
    """A further domain, prepared but not one that recipes run on."""
    domain = root / f"data/domains/{name}.yaml"
    domain.write_text(DOMAIN.replace("title: Goods", f"title: {name}"))
    views = root / f"data/prepared/{name}/views"
    views.mkdir(parents=True)
    (views / "classify.txt").write_text(f"{name}\n")
    views.with_name("views.json").write_text("{}\n")
    set_everywhere(root, "prepared_domains: [", f"prepared_domains: [{name}, ")


def add_family(root: Path, name: str, family: str, **recipes: str) -> None:
    """A family whose recipes are `recipe=method`, listed in params.yaml with the seed 0; dvc.yaml stays as it is."""
    folder = root / "recipes" / name
    folder.mkdir()
    (folder / "_family.yaml").write_text(family)
    for recipe, method in recipes.items():
        (folder / f"{recipe}.yaml").write_text(RECIPE.format(method=method))
    set_everywhere(root, "recipes:\n", f"recipes:\n  {name}: [{', '.join(recipes)}]\n")
    set_everywhere(root, "seeds:\n", f"seeds:\n  {name}: [0]\n")


def set_everywhere(root: Path, old: str, new: str) -> None:
    """Edit params.yaml and the profile that equals it."""
    for settings in ("params.yaml", "harness/profiles/tiny.yaml"):
        edit(root / settings, old, new)


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file; it must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(root: Path) -> list[str]:
    """The problems that `check` reports for a tree, with paths from its root."""
    return [str(problem).replace(f"{root}/", "") for problem in problems(Project(root))]


def only(root: Path) -> str:
    """The only problem of the tree; the same problem of the profile that equals params.yaml does not count."""
    found = [problem for problem in told(root) if not problem.startswith("harness/profiles")]
    assert len(found) == 1, found
    return found[0]
