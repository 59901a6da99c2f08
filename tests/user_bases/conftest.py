"""Folders of tiny models with random weights, as a user would have them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.bases.tiny import make_encoder, make_llama, make_t5
from tests.tree import write_hs_source

Make = Callable[[str], Path]
MAKERS = {"llama": make_llama, "t5": make_t5, "encoder": make_encoder}


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder per kind of tiny model; do not write into them."""
    root = tmp_path_factory.mktemp("models")
    write_hs_source(root / "texts")
    for name, make in MAKERS.items():
        make(root / "texts", root / name)
    return root


@pytest.fixture
def own(models: Path, tmp_path: Path) -> Make:
    """A copy of a tiny model that a test may change."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(models / name, tmp_path / "own" / name))

    return copy
