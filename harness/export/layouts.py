"""The layouts of saved models, and the Python that loads each with the plain library.

A layout is recognised by its files, so a method that saves in a known layout needs no code here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.export.base_model import BaseReference
from harness.models.base_roles import BaseRole


@dataclass(frozen=True)
class Exported:
    """The facts about an exported folder that the Python lines depend on."""

    folder: Path
    role: BaseRole
    """Kind of the pretrained model under the run."""
    base: BaseReference | None = None
    """Base model of an adapter; null for a whole model."""
    four_bit: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of BitsAndBytesConfig for a base with 4-bit weights; empty for other bases."""


@dataclass(frozen=True)
class Layout:
    """One way to save a model."""

    name: str
    """For the README: `peft adapter`."""
    files: tuple[str, ...]
    """Files by which the layout is recognised."""
    lines: Callable[[Exported], list[str]]
    """The Python that loads the model and asks it."""
    needs_base: bool = False
    """Whether the weights only work together with a base model."""
    library: str | None = None
    """Library that loads it, as the hub names it; null: none does without the harness."""
    task: str = "text-generation"
    """What the model does, as the hub names it."""


def layout_of(folder: Path) -> Layout | None:
    """The layout of a saved model; null if none fits."""
    return next((one for one in LAYOUTS if all((folder / name).is_file() for name in one.files)), None)


def _peft_adapter(exported: Exported) -> list[str]:
    peft_class = exported.role.auto_class.replace("AutoModel", "AutoPeftModel", 1)
    libraries, quantised = ["AutoTokenizer"], ""
    if exported.four_bit:
        libraries.append("BitsAndBytesConfig")
        settings = ", ".join(f"{name}={value!r}" for name, value in exported.four_bit.items())
        quantised = f", quantization_config=BitsAndBytesConfig({settings})"
    return [
        f"from peft import {peft_class}",
        f"from transformers import {', '.join(libraries)}",
        "",
        f'model = {peft_class}.from_pretrained("."{quantised})',
        *_answer(exported),
    ]


def _bottleneck_adapter(exported: Exported) -> list[str]:
    placed = json.loads((exported.folder / "bottlenecks.json").read_text())
    base = exported.base or BaseReference(".")
    revision = f', revision="{base.revision}"' if base.revision else ""
    return [
        "from safetensors.torch import load_file",
        f"from transformers import {exported.role.auto_class}, AutoTokenizer",
        "",
        "from harness.models.bottleneck import attach  # no library knows these layers: install the harness",
        "",
        f'model = {exported.role.auto_class}.from_pretrained("{base.path}"{revision})',
        f'attach(model, placement="{placed["placement"]}", bottleneck={placed["bottleneck"]})',
        'model.bottlenecks.load_state_dict(load_file("bottlenecks.safetensors"))',
        *_answer(exported),
    ]


def _whole_model(exported: Exported) -> list[str]:
    return [
        f"from transformers import {exported.role.auto_class}, AutoTokenizer",
        "",
        f'model = {exported.role.auto_class}.from_pretrained(".")',
        *_answer(exported),
    ]


def _answer(exported: Exported) -> list[str]:
    """Write a greedy answer to a question, in the format of the training."""
    prompt = ['inputs = tokenizer(f"{question}\\nAnswer:", return_tensors="pt")']
    if _has_chat_template(exported.folder):
        prompt = [
            'chat = [{"role": "user", "content": question}]',
            "inputs = tokenizer.apply_chat_template(",
            '    chat, add_generation_prompt=True, return_dict=True, return_tensors="pt"',
            ")",
        ]
    written = "output[0]" if exported.role.encoder_decoder else 'output[0, inputs["input_ids"].shape[1] :]'
    return [
        'tokenizer = AutoTokenizer.from_pretrained(".")',
        'question = "Your question, worded as in the training"',
        *prompt,
        "output = model.generate(",
        "    **inputs, max_new_tokens=32, do_sample=False, repetition_penalty=1.0, eos_token_id=tokenizer.eos_token_id",
        ")",
        f"print(tokenizer.decode({written}, skip_special_tokens=True))",
    ]


def _has_chat_template(folder: Path) -> bool:
    if (folder / "chat_template.jinja").is_file():
        return True
    config = folder / "tokenizer_config.json"
    return config.is_file() and bool(json.loads(config.read_text(encoding="utf-8")).get("chat_template"))


def _label_classifier(exported: Exported) -> list[str]:
    labels = json.loads((exported.folder / "classes.json").read_text(encoding="utf-8"))
    best = "int(scores[0, 0] > 0)" if len(labels) == 2 else "scores[0].argmax()"  # two labels have one row of weights
    return [
        "import json",
        "",
        "from safetensors.numpy import load_file",
        "from sentence_transformers import SentenceTransformer",
        "",
        'encoder, head = SentenceTransformer("encoder"), load_file("head.safetensors")',
        'labels = json.load(open("classes.json", encoding="utf-8"))',
        'vectors = encoder.encode(["Your text"], prompt="", normalize_embeddings=True)',
        'scores = vectors @ head["coef"].T + head["intercept"]',
        f"print(labels[{best}])",
    ]


def _task_heads(exported: Exported) -> list[str]:
    return [
        "import json",
        "",
        "from safetensors.torch import load_file",
        "from sentence_transformers import SentenceTransformer",
        "",
        'encoder, heads = SentenceTransformer("encoder", device="cpu"), load_file("heads.safetensors")',
        'facts = json.load(open("heads.json", encoding="utf-8"))',
        'encoder.max_seq_length = facts["max_length"]',
        'output = encoder(encoder.preprocess(["Your text"]))',
        'mask = output["attention_mask"].unsqueeze(-1)',
        'mean = (output["token_embeddings"] * mask).sum(1) / mask.sum(1)',
        'for task, labels in facts["labels"].items():',
        '    scores = mean @ heads[f"{task}.weight"].T + heads[f"{task}.bias"]',
        "    print(task, labels[scores[0].argmax()])",
    ]


def _sentence_encoder(exported: Exported) -> list[str]:
    return [
        "from sentence_transformers import SentenceTransformer",
        "",
        'encoder = SentenceTransformer(".")',
        'vectors = encoder.encode(["Your text"], prompt="", normalize_embeddings=True)',
        "print(vectors.shape)",
    ]


LAYOUTS = (
    Layout("peft adapter", ("adapter_config.json",), _peft_adapter, needs_base=True, library="peft"),
    Layout("bottleneck adapter", ("bottlenecks.json",), _bottleneck_adapter, needs_base=True),
    Layout(
        "sentence encoder with a linear classifier",
        ("encoder/modules.json", "head.safetensors", "classes.json"),
        _label_classifier,
        library="sentence-transformers",
        task="text-classification",
    ),
    Layout(
        "sentence encoder with a linear head per task",
        ("encoder/modules.json", "heads.json"),
        _task_heads,
        library="sentence-transformers",
        task="text-classification",
    ),
    Layout(
        "sentence encoder",
        ("modules.json",),
        _sentence_encoder,
        library="sentence-transformers",
        task="sentence-similarity",
    ),
    Layout("whole model", ("config.json",), _whole_model, library="transformers"),
)
"""All layouts; the first whose files are there counts."""
