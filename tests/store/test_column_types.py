from __future__ import annotations

from harness.config.project import Project
from harness.store.ingest import ingest
from harness.store.query import ask
from tests.store.records_factory import write_all_runs

LORA = "peft/lora-hs_products-0"


def test_prompts_that_were_cut_are_counted(project: Project) -> None:
    write_all_runs(project, asks_claims=False)
    ingest(project)
    found = ask(project.root, f"SELECT suite, truncated FROM suites WHERE run_id = '{LORA}' ORDER BY suite").rows
    assert found == [("claims", None), ("classification", len("classification"))]


def test_a_seed_may_be_larger_than_four_bytes(project: Project) -> None:
    params = project.root / "params.yaml"
    params.write_text(params.read_text().replace("  peft: [0]\n", "  peft: [3000000000]\n"))
    project = Project(project.root)
    write_all_runs(project)
    ingest(project)
    assert ask(project.root, "SELECT seed FROM runs WHERE family = 'peft'").rows == [(3_000_000_000,)]
