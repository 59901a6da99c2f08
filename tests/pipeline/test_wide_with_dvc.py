"""The wide protocol in a real `dvc repro`: who is asked, and what runs again."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.config.project import Project
from harness.pipeline.generated_section import write_section
from tests.mini_tree import edit
from tests.pipeline.dvc_tree import dvc, ran, write_dvc_tree

WIDE = ["wide_peft@lora-goods-0", "wide_peft@lora-goods-1"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After its first `dvc repro`; `lora` alone is asked the wide protocol."""
    root = write_dvc_tree(tmp_path_factory.mktemp("wide"))
    suites = root / "data/suites"
    (suites / "more.yaml").write_text((suites / "classification.yaml").read_text())
    edit(root / "params.yaml", "official:", "wide: {suites: [more], recipes: {baseline: [], peft: [lora]}}\nofficial:")
    edit(root / "dvc.yaml", "params: [suites,", "params: [suites, wide,")
    write_section(Project(root))
    dvc(root, "repro")
    return root


def test_only_the_recipes_that_are_named_are_asked_and_into_their_own_record(root: Path) -> None:
    found = sorted(path.parent.name for path in root.glob("reports/records/*/*/wide"))
    assert found == ["lora-goods-0", "lora-goods-1"]
    assert len(list(root.glob("reports/records/*/*/score"))) > len(found)
    assert ran(root) == []


def test_a_changed_suite_of_the_wide_protocol_asks_that_protocol_alone(root: Path) -> None:
    edit(root / "data/suites/more.yaml", "version: 1", "version: 2")
    assert [stage for stage in ran(root) if stage != "fingerprint"] == WIDE


def test_where_the_default_protocol_gave_the_same_record_the_wide_one_is_not_asked_again(root: Path) -> None:
    edit(root / "data/suites/classification.yaml", "version: 1", "version: 2")
    found = ran(root)
    assert "score_peft@lora-goods-0" in found
    assert not [stage for stage in found if stage.startswith(("wide", "peft", "baseline"))]
