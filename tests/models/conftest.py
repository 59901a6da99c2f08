"""Tiny models with random weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.bases.tiny import make_encoder, make_llama, make_t5
from harness.measure.device import prepare_device
from harness.models.causal_lm import load_folder
from harness.models.loaded import LanguageModel
from tests.tree import write_hs_source


@pytest.fixture(scope="session")
def tiny_bases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders `causal_lm`, `seq2seq_lm` and `encoder`."""
    root = tmp_path_factory.mktemp("bases")
    write_hs_source(root / "texts")
    make_llama(root / "texts", root / "causal_lm")
    make_t5(root / "texts", root / "seq2seq_lm")
    make_encoder(root / "texts", root / "encoder")
    return root


@pytest.fixture
def tiny_writer(tiny_bases: Path) -> LanguageModel:
    """The tiny language model, loaded anew: a test may change it."""
    return load_folder(tiny_bases / "causal_lm", prepare_device("float32"))


@pytest.fixture
def tiny_t5(tiny_bases: Path) -> LanguageModel:
    """The tiny encoder-decoder, loaded anew: a test may change it."""
    return load_folder(tiny_bases / "seq2seq_lm", prepare_device("float32"))
