"""A family that learns one domain after another, against DVC itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.config.project import Project
from harness.pipeline.generated_section import write_section
from tests.mini_tree import add_domain, add_family, edit, set_everywhere, told
from tests.pipeline.dvc_tree import dvc, ran, write_dvc_tree

FAMILY = "title: Continual learning\norder: 7\nruns_on: sequences\nrun: {}\n"
FIRST, SECOND, THIRD = (
    f"continual-{domains}@naive-0" for domains in ("1-goods", "2-goods-services", "3-goods-services-other")
)
OTHER_SECOND = "continual-2-goods-other@naive-0"


@pytest.fixture(scope="module")
def done_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that ran with one sequence of two domains; do not write into it."""
    root = write_dvc_tree(tmp_path_factory.mktemp("sequences"))
    for name in ("services", "other"):
        add_domain(root, name)
    add_family(root, "continual", FAMILY, naive="lora")
    set_everywhere(root, "sequences: {}", "sequences: {trade: [goods, services]}")
    set_everywhere(root, "baseline: [majority]", "baseline: []")
    set_everywhere(root, "peft: [lora, prompt]", "peft: []")
    write_section(Project(root))
    assert told(root) == []
    steps = [FIRST, SECOND]
    assert ran(root) == ["fingerprint", *steps, *(f"score_{step}" for step in steps)]
    return root


@pytest.fixture
def root(done_once: Path, tmp_path: Path) -> Path:
    shutil.copytree(done_once.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "project"


def test_each_step_has_a_run_of_its_own_and_follows_the_step_before(root: Path) -> None:
    assert (root / "reports/records/continual/naive-goods-0/score").is_dir()
    assert (root / "reports/records/continual/naive-goods+services-0/score").is_dir()
    text = (root / "dvc.yaml").read_text()
    second = text[text.index("  continual-2-goods-services:") : text.index("  # ---- score, by family")]
    assert "cmd: python -m harness train continual/${item.recipe} --domain goods --domain services" in second
    assert "- runs/continual/${item.recipe}-goods-${item.seed}" in second
    assert "- data/prepared/goods/views" in second
    assert "- data/prepared/services/views" in second


def test_a_longer_sequence_trains_the_new_step_only_and_scores_all_steps_on_the_new_domain(root: Path) -> None:
    edit(root / "params.yaml", "[goods, services]", "[goods, services, other]")
    write_section(Project(root))
    steps = [FIRST, SECOND, THIRD]
    assert sorted(ran(root)) == sorted(["fingerprint", THIRD, *(f"score_{step}" for step in steps)])
    assert "up to date" in dvc(root, "status")


def test_a_second_sequence_shares_the_step_in_which_both_begin(root: Path) -> None:
    edit(root / "params.yaml", "{trade: [goods, services]}", "{trade: [goods, services], else: [goods, other]}")
    write_section(Project(root))
    assert sorted(ran(root)) == sorted(["fingerprint", OTHER_SECOND, f"score_{FIRST}", f"score_{OTHER_SECOND}"])


def test_a_change_of_the_first_step_trains_the_later_ones_again(root: Path) -> None:
    (root / "data/prepared/goods/views/classify.txt").write_text("other goods\n")
    edit(root / "params.yaml", "# The smallest settings.", "# Other settings.")  # so that the outputs change, too
    found = ran(root)
    assert found.index(FIRST) < found.index(SECOND)
    assert {f"score_{FIRST}", f"score_{SECOND}"} <= set(found)
