"""A tiny language model, and prepared domains that are written by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.bases.tiny import make_llama, make_t5
from harness.items.prepared import PreparedDomain
from harness.items.rows import Question, content_hash, write_rows
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel
from tests.tree import write_hs_source

MakeDomain = Callable[..., PreparedDomain]


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights and tokenizer of the tiny model."""
    root = tmp_path_factory.mktemp("tiny")
    write_hs_source(root / "texts")
    make_llama(root / "texts", root / "model")
    return root / "model"


@pytest.fixture
def tiny_lm(tiny_folder: Path) -> LanguageModel:
    """The tiny model, loaded anew: a test may change it."""
    return load_folder(tiny_folder, prepare_device("float32"))


@pytest.fixture
def wordy_lm(tiny_lm: LanguageModel) -> LanguageModel:
    """The tiny model with large random weights: it writes different nonsense to every prompt, bytes that are no text
    among it, where the small ones write special tokens only."""
    import torch

    torch.manual_seed(0)
    for weights in tiny_lm.model.parameters():
        torch.nn.init.normal_(weights, std=0.3)
    return tiny_lm


@pytest.fixture(scope="session")
def t5_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights and tokenizer of the tiny encoder-decoder."""
    root = tmp_path_factory.mktemp("t5")
    write_hs_source(root / "texts")
    make_t5(root / "texts", root / "model")
    return root / "model"


@pytest.fixture
def wordy_t5(t5_folder: Path) -> LanguageModel:
    """The tiny encoder-decoder with large random weights, loaded anew."""
    import torch

    loaded = load_folder(t5_folder, prepare_device("float32"))
    torch.manual_seed(0)
    for weights in loaded.model.parameters():
        torch.nn.init.normal_(weights, std=0.3)
    return loaded


@pytest.fixture
def make_domain(tmp_path: Path) -> MakeDomain:
    """Write views of questions as a prepared domain."""

    def make(views: dict[str, Sequence[Question]], *, language: str = "en") -> PreparedDomain:
        folder = tmp_path / "prepared/law"
        known = {}
        for name, rows in views.items():
            write_rows(Question, rows, folder / "views" / f"{name}.parquet")
            known[name] = {"sha256": content_hash(rows)}
        (folder / "views.json").write_text(json.dumps({"language": language, "labels": [], "views": known}))
        return PreparedDomain.open(folder)

    return make
